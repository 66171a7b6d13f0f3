"""What an agent is told at a hand-over, in the agent's language: a few lines, no guessing."""

from __future__ import annotations

from collections.abc import Mapping

from invekto.agent.playbooks.loader import LoadedPlaybook
from invekto.agent.state import TaskResult, TurnState
from invekto.contracts.handover import HandOver, HandOverReason, Priority
from invekto.contracts.understanding import Sentiment

REASONS = {
    "tr": {
        HandOverReason.WANTS_PERSON: "Müşteri bir yetkiliyle görüşmek istiyor",
        HandOverReason.EMERGENCY: "Acil durum belirtisi var, hemen dönüş gerekli",
        HandOverReason.SELF_HARM: "Kendine zarar verme ifadesi var, hemen dönüş gerekli",
        HandOverReason.ABUSE: "Mesajda hakaret veya tehdit var",
        HandOverReason.NO_CONSENT: "Açık rıza yok; mesaj otomatik işlenmedi",
        HandOverReason.OPTED_OUT: "Müşteri mesaj almak istemiyor; otomatik cevap kapalı",
        HandOverReason.HELD_BY_PERSON: "Görüşme bir temsilcide",
        HandOverReason.NO_SOURCE: "Bilgi kaynaklarında cevap bulunamadı",
        HandOverReason.LOW_CONFIDENCE: "Ne istendiği yeterince anlaşılamadı",
        HandOverReason.NOT_UNDERSTOOD_TWICE: "Sorulan bilgi iki denemede alınamadı",
        HandOverReason.TAKEN_BACK: "Müşteri isteğinden vazgeçti; verilmiş bir talep varsa durdurun",
        HandOverReason.HIGH_RISK_INTENT: "Bu konu her zaman bir yetkilinin onayını bekler",
        HandOverReason.NO_PLAYBOOK: "Bu konu için tanımlı bir akış yok",
        HandOverReason.IDENTITY_NOT_PROVEN: "Müşterinin kimliği doğrulanamadı",
        HandOverReason.ACTION_REFUSED: "İstenen işlem kurallara göre yapılamıyor",
        HandOverReason.BLOCKED_BY_GUARD: "Hazırlanan cevap güvenlik kontrolünden geçmedi",
        HandOverReason.SUSPECTED_ATTACK: "Mesaj sistemi yönlendirmeye çalışıyor olabilir",
        HandOverReason.UNREADABLE_CONTENT: "Mesajda okunabilir metin yok (ses, görsel veya boş)",
        HandOverReason.PROVIDER_DOWN: "Gerekli bir dış sistem şu an yanıt vermiyor",
        HandOverReason.OUT_OF_SCOPE: "Mesaj işletmenin konusu dışında görünüyor",
        HandOverReason.UNEXPECTED_ERROR: "Cevap hazırlanırken beklenmeyen bir hata oldu",
    },
    "en": {reason: reason.value.replace("_", " ") for reason in HandOverReason},
}
TEAMS = {
    HandOverReason.EMERGENCY: "clinical",
    HandOverReason.SELF_HARM: "clinical",
    HandOverReason.SUSPECTED_ATTACK: "supervisor",
    HandOverReason.ABUSE: "supervisor",
}
"""Who takes it whatever it is about."""
NEXT = {
    "tr": {
        "draft": "Önerilen cevap hazır; gözden geçirip gönderin.",
        "read": "Son mesajı okuyup cevap yazın.",
        "emergency": "Hemen telefonla arayın; gerekiyorsa 112'ye yönlendirin.",
        "self_harm": "Hemen telefonla arayın; gerekiyorsa 112'ye yönlendirin.",
        "abuse": "Sakin ve kısa bir cevap yazın ya da görüşmeyi kapatın.",
        "no_consent": "Rıza gelene kadar sağlıkla ilgili ayrıntı sormadan kendiniz ilgilenin.",
        "opted_out": "Yalnızca sorulana cevap verin, başka mesaj göndermeyin.",
        "identity_not_proven": "Siparişteki telefon ya da posta koduyla kimliği doğrulayın.",
        "suspected_attack": "Mesajı inceleyin; istenen bir işlemi yapmadan önce doğrulayın.",
        "unreadable_content": "Eki açıp ne istendiğini yazın.",
        "provider_down": "Bilgiyi sağlayıcının panelinden bakıp müşteriye iletin.",
        "not_understood_twice": "Müşteriye eksik bilgiyi kendiniz sorun.",
        "unexpected_error": "Cevabı kendiniz yazın; hata kayda alındı.",
    },
    "en": {
        "draft": "A draft is ready; review and send it.",
        "read": "Read the last message and answer it.",
        "emergency": "Call at once; send them to 112 if need be.",
        "self_harm": "Call at once; send them to 112 if need be.",
        "abuse": "Answer calmly and briefly, or close the conversation.",
        "no_consent": "Look after it yourself without asking for health details until they agree.",
        "opted_out": "Answer what was asked and send nothing else.",
        "identity_not_proven": "Prove who it is by the phone or the postcode on the order.",
        "suspected_attack": "Look at the message; verify before you do anything it asks for.",
        "unreadable_content": "Open the attachment and write down what is wanted.",
        "provider_down": "Look it up in the provider's own panel and tell the customer.",
        "not_understood_twice": "Ask for what is missing yourself.",
        "unexpected_error": "Write the answer yourself; the fault was recorded.",
    },
}
"""What a person should do first, by reason; else the playbook of the subject says."""
WORDS = {
    "tr": {
        "said": "Son mesaj",
        "wants": "Konu",
        "known": "Bilinenler",
        "did": "Yapılanlar",
        "mood": "Müşteri kızgın",
    },
    "en": {
        "said": "Last message",
        "wants": "Topic",
        "known": "Known",
        "did": "Done so far",
        "mood": "The customer is angry",
    },
}


def hand_over(
    state: TurnState,
    reason: HandOverReason,
    priority: Priority | None = None,
    playbooks: Mapping[str, LoadedPlaybook] | None = None,
) -> HandOver:
    """A hand-over with its summary and next step, from all the turn knows. The reason says who
    takes it, and else the subject's playbook does."""
    language = "tr" if state.turn.tenant.default_language == "tr" else "en"
    result = next((r for r in state.results if r.reason is reason), None)
    result = result or next(iter(state.results), None)
    book = playbooks.get(result.intent) if result and playbooks else None
    return HandOver(
        reason=reason,
        priority=priority or _priority(state, reason),
        summary=summarise(state, reason, language),
        next_step=_next_step(result, reason, book, language),
        team=TEAMS.get(reason) or (book.playbook.team if book else "support"),
        detail={"intent": result.intent} if result else {},
    )


def summarise(state: TurnState, reason: HandOverReason, language: str) -> str:
    """Reason, last words, topic, what is known and what was done."""
    words = WORDS[language]
    lines = [REASONS[language][reason] + "."]
    said = state.turn.text.strip() or "—"
    lines.append(f"{words['said']}: “{said[:280]}{'…' if len(said) > 280 else ''}”")
    understanding = state.understanding
    if understanding is not None:
        wants = ", ".join(f"{g.name} (%{g.probability * 100:.0f})" for g in understanding.intents)
        lines.append(f"{words['wants']}: {wants or '—'}")
        known = ", ".join(f"{e.kind}: {e.text}" for e in understanding.entities[:6])
        if known:
            lines.append(f"{words['known']}: {known}")
        if understanding.sentiment is Sentiment.ANGRY:
            lines.append(words["mood"] + ".")
    if state.guard is not None and reason is HandOverReason.BLOCKED_BY_GUARD:
        lines += [f"{f.reason}: {f.explanation}" for f in state.guard.findings[:3]]
    done = [step for r in state.results for step in r.steps]
    if done:
        lines.append(f"{words['did']}: {'; '.join(done[:6])}")
    return "\n".join(lines)


def _priority(state: TurnState, reason: HandOverReason) -> Priority:
    if reason in (HandOverReason.EMERGENCY, HandOverReason.SELF_HARM):
        return Priority.URGENT
    understanding = state.understanding
    angry = understanding is not None and understanding.sentiment is Sentiment.ANGRY
    if angry or reason in (HandOverReason.WANTS_PERSON, HandOverReason.UNEXPECTED_ERROR):
        return Priority.HIGH
    return Priority.NORMAL


def _next_step(
    result: TaskResult | None, reason: HandOverReason, book: LoadedPlaybook | None, language: str
) -> str:
    if result is not None and result.texts and reason not in TEAMS:
        return NEXT[language]["draft"]
    if reason.value in NEXT[language]:
        return NEXT[language][reason.value]
    return book.playbook.next_step.get(language, "") if book else NEXT[language]["read"]
