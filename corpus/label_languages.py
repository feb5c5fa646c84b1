"""The wordings of each label in German, French, Spanish, Dutch, Italian and Portuguese, as in `label_synonyms`.

Labels are compared without regard to case, for which "ß" is "ss".
"""

from __future__ import annotations

_DE_IT = "(?:das|dies|es|der fehler|dieser fehler|die meldung|diese meldung|das problem|dieses problem)"
_FR_IT = "(?:cela|ça|ce problème|cette erreur|ce message|l'erreur|le problème)"
_ES_IT = "(?:esto|este error|este problema|este mensaje|el error|el problema)"
_NL_IT = "(?:dit|deze fout|deze melding|dit probleem|de fout|het probleem)"
_IT_IT = "(?:questo|questo errore|questo problema|l'errore|il problema)"
_PT_IT = "(?:isso|isto|este erro|esse erro|este problema|esse problema|o erro|o problema)"

LANGUAGES = {
    "message": (
        "fehler(?:meldung(?:en)?|text|codes?|beschreibung)?|meldung(?:en|stext)?|problem(?:beschreibung|stellung)?|frage",
        "(?:messages?|codes?|texte) d'erreur|erreurs?|problèmes?|question|description du problème",
        "mensajes?(?: de error)?|código(?: de error)?|errores|problemas?|pregunta|descripción del (?:problema|error)",
        "fout(?:melding(?:en)?|code|bericht)?|melding(?:en)?|proble(?:em|men)|vraag|probleem(?:omschrijving|beschrijving)",
        "(?:messaggi?o?|codice)(?: di)? errore|messaggio|error[ei]|domanda|descrizione del(?: problema|l'errore)",
        "mensage(?:m|ns)(?: de erro)?|código de erro|erros?|pergunta|descrição do (?:problema|erro)",
    ),
    "symptoms": (
        "symptome?|anzeichen|fehlerbild|auswirkung(?:en)?|situation|symptômes?|signes?|constat|síntomas?|situación",
        "symptomen|symptoom|verschijnselen|situatie|sintom[oi]|sintomas?|situazione|situação",
    ),
    "cause": (
        (
            "(?:mögliche |wahrscheinliche )?(?:(?:fehler|problem)?ursachen?|gründe?)|erklärung"
            f"|(?:warum|weshalb|wieso) (?:passiert|geschieht|erscheint|kommt|tritt) {_DE_IT}(?: auf| vor)?"
        ),
        (
            "causes? (?:possibles?|probables?)|(?:possibles? |probables? )causes?|raisons?|origine|explications?"
            f"|cause (?:du problème|de l'erreur)|pourquoi {_FR_IT}.{{0,30}}"
        ),
        (
            "(?:posibles? |probables? )?(?:causas?|motivos?|razón|razones)(?: del? (?:error|problema))?|explicación"
            f"|por qué (?:ocurre|sucede|aparece|pasa) {_ES_IT}"
        ),
        f"(?:mogelijke )?(?:oorza(?:ak|ken)|redenen?)|verklaring|waarom (?:gebeurt|verschijnt|krijg ik) {_NL_IT}",
        (
            "(?:possibil[ei] |probabil[ei] )?(?:caus[ae]|motiv[oi]|ragione)|spiegazione"
            f"|perché (?:succede|accade|appare|si verifica) {_IT_IT}"
        ),
        (
            "(?:possíve(?:l|is) |prováve(?:l|is) )?(?:causas?|motivos?|razão|razões)|explicação"
            f"|por que {_PT_IT} (?:acontece|ocorre|aparece)"
        ),
    ),
    "solution": (
        (
            "(?:mögliche |vorgeschlagene |empfohlene )?(?:lösung(?:en|sansatz|sansätze|sweg|sschritte|svorschlag)?"
            "|abhilfe(?:massnahmen)?|massnahmen?)|(?:fehler)?behebung|problemlösung|umgehung|vorgehen(?:sweise)?|antwort"
            "|lösungsmöglichkeiten|was (?:ist zu tun|tun|können sie tun|kann ich tun|kann man tun)|schritte"
            f"|(?:so|wie) (?:beheben|lösen|behebe|löse) (?:sie|ich) {_DE_IT}"
        ),
        (
            "solutions? (?:possibles?|proposées?|recommandées?)|(?:possibles? )solutions?|résolution"
            "|que (?:dois-je )?faire"
            "|correctifs?|contournement|remèdes?|marche à suivre|procédure|réponse|dépannage|étapes|actions? corrective"
            f"|comment (?:résoudre|corriger|régler) {_FR_IT}"
        ),
        (
            "(?:posibles? |posible )?soluci(?:ón|ones)|resolución|qué hacer|corrección|remedio|pasos"
            "|procedimiento|respuesta"
            f"|cómo (?:solucionar|resolver|corregir)(?:lo| {_ES_IT})"
        ),
        (
            "(?:mogelijke |tijdelijke )?oplossing(?:en)?|wat (?:te doen|nu|kunt u doen|kan ik doen)|stappen"
            "|antwoord|herstel"
            f"|hoe los ik {_NL_IT} op"
        ),
        (
            "(?:possibil[ei] )?soluzion[ei]|risoluzione|rimedi[oi]?|cosa fare|procedura|passaggi|risposta|correzione"
            f"|come (?:risolvere|correggere) {_IT_IT}"
        ),
        (
            "(?:possíve(?:l|is) )?soluç(?:ão|ões)|resolução|o que fazer|correção|procedimento|passos|resposta"
            f"|como (?:resolver|corrigir|solucionar) {_PT_IT}"
        ),
    ),
    "note": (
        "hinweise?|anmerkung(?:en)?|tipps?|remarques?|conseils?|astuces?|à savoir|notas?|consejos?|sugerencias?",
        "opmerking(?:en)?|not[ae]|suggeriment[oi]|consigl[io]o?|observaç(?:ão|ões)|dicas?",
    ),
    "caution": (
        "achtung|vorsicht|warnung(?:en)?|wichtig|gefahr|avertissements?|mise en garde|atención",
        "advertencias?|precaución",
        "cuidado|importante|let op|waarschuwing(?:en)?|belangrijk|attenzione|avvertenz[ae]|avviso|atenção|aviso",
    ),
    "context": (
        "gilt für|betrifft|betroffene (?:\\w+ )?\\w+|produkte?|umgebung|voraussetzung(?:en)?|beschreibung|versionen",
        "s'applique à|concerne|produits?(?: concernés?)?|environnement|prérequis|se aplica a|aplica a|productos?",
        "entorno|requisitos(?: previos)?|descripción|van toepassing op|geldt voor|producten|omgeving|vereisten",
        "beschrijving|si applica a|prodott[oi]|ambiente|prerequisiti|descrizione|aplica-se a|produtos?",
        "pré-requisitos|descrição|überblick|übersicht|hintergrund",
    ),
}
