/**
 * What stands in a report and says nothing of the refusal. All patterns meet text in the form of `comparableText`;
 * repetitions are bounded.
 */

const scan =
	'(?:scanned|checked|verified|swept|inspected|analy[sz]ed|screened|filtered|examined|protected|processed|tested|certified)'
const threat =
	'(?:virus\\w{0,3}|spam|malware|phishing|dangerous|malicious|harmful|inappropriate|unwanted|trojans?|threats?|antivirus|anti-virus|anti-?spam|mailscanner|mimecast|messagelabs|symantec|avast|avg|mcafee|sophos|proofpoint|barracuda|fortimail|clamav|bitdefender|norton|kaspersky|eset|nod32|trend micro|vade|mailinblack|altospam)'

/** Lines that scanners add to every mail: MailScanner, MessageLabs, Proofpoint Essentials, AVG, Avast and their like. */
export const footers: readonly RegExp[] = [
	new RegExp(
		`(?:(?:this|the|your|all|an?|outgoing|incoming) )?(?:\\w+ )?(?:e-?mails?|messages?|mails?|communications?|attachments?|transmission)(?: \\S{1,40}){0,4}? (?:has|have|is|are|was|were)(?: been)?(?: \\w+)? ${scan}\\b[^.!]{0,120}?\\b${threat}\\b[^.!]{0,200}(?:[.!](?= |$)|$)(?: (?:for more information|please visit|https?:)\\S{0,60}[^.]{0,120}\\.?)?`,
		'g',
	),
	new RegExp(
		`(?:^|[.:;*_>-] ?)${scan} (?:by|with|for|from|using)\\b[^.!]{0,60}?\\b${threat}\\b[^.!]{0,120}(?:[.!](?= |$)|$)`,
		'g',
	),
	/\bvirus-free\.?(?: www\.\S{1,60})?|\bno virus(?:es)? (?:was |were )?(?:found|detected) in th(?:is|e) (?:incoming |outgoing )?(?:message|e-?mail|mail)\b|\bis believed to be clean\b|checked by avg(?: -)?[^.]{0,80}/g,
	/(?:diese|die) (?:e-?mail|nachricht)(?: \S{1,40}){0,3} (?:wurde|ist)[^.!]{0,80}(?:viren|spam|malware|avast|avg)[^.!]{0,120}(?:geprüft|überprüft|gescannt|untersucht)|keine? vir(?:us|en) (?:gefunden|erkannt|in dieser)|virenfrei/g,
	/(?:ce|cet|le) (?:message|courriel|e-?mail|mail)(?: \S{1,40}){0,3} (?:a|est)[^.!]{0,40}(?:analys|vérifi|verifi|contrôl|controle|protég|protege|scann|filtr)\S{0,5}[^.!]{0,120}(?:virus|spam|avast|avg|logiciel|mailinblack|altospam|vade)[^.!]{0,80}|(?:aucun virus|sans virus)[^.!]{0,60}/g,
	/(?:este|el|esta|o|a) (?:mensaje|correo|e-?mail|mensagem)(?: \S{1,40}){0,3} (?:ha sido|fue|foi)[^.!]{0,40}(?:analizad|verificad|escanead|comprobad)\S{0,3}[^.!]{0,80}(?:virus|vírus|spam|avast|avg)[^.!]{0,80}/g,
	/questo? (?:messaggio|e-?mail)[^.!]{0,60}(?:controllat|verificat|analizzat|scansionat)\S{0,3}[^.!]{0,80}(?:virus|spam|avast|avg)[^.!]{0,80}/g,
]

/** What the reporting system says of its own doing around a reply that it quotes. */
export const reporterPhrases: readonly RegExp[] = [
	// qmail-remote.c: it says so of every refusal
	/\bgiving up(?: on [\w.:[\]-]{1,100})?|\bthis is a permanent error; i've given up/g,
	/\b(?:the )?(?:remote|receiving|recipient's|destination) (?:mail )?(?:host|server|system|mta) (?:said|responded|answered|replied|returned|reported)(?: with)?:?/g,
	/\b(?:host|server) said:/g,
	/\(in reply to (?:the )?(?:end of )?[\w ]{1,30}\)/g,
]
