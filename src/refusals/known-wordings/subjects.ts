/**
 * What refusals speak of besides the person written to: the words for it, by whose fault it is. Patterns are in lower
 * case, meet text in the form of `comparableText`, and the first that fits at a place decides: compounds stand before
 * their parts (`ip address` before `address`).
 */

/** `host`: a host or domain of whom is not said. */
export type Subject = 'recipient' | 'sender' | 'signature' | 'content' | 'policy' | 'host'

const ours =
	"(?:your?|you're|sender(?:'?s)?|sending|source|client(?:'s)?|connecting|originating|originator(?:'s)?|submitting|submitter(?:'s)?|envelope|return|reverse|from|reply-to|helo|ehlo|header|remote client|votre|vos|exp[eé]diteur|ihre?[nrs]?|absender|tu|su|remitente|seu|sua|remetente|vostr[oa]|mittente|uw|afzender)"
const theirs =
	"(?:recipients?(?:'s?)?|destination|target|rcpt(?: to)?|addressee(?:'s)?|receiving|receiver(?:'s)?|user(?:'s)?)"
const machine =
	'(?:hosts?(?: ?names?)?|domains?(?: ?names?)?|servers?|systems?|mta|mail ?(?:servers?|hosts?|exchangers?)|smtp servers?|exchangers?|host/domain|mx)'
const owned =
	'(?:addresse?s?|accounts?|mail ?box(?:es)?|users?(?: ?names?)?|names?|e-?mail(?: addresse?s?)?|ids?|identity|adresses?|adresse e-?mail|compte|bo[iî]te|konto|postfach|benutzer|cuenta|direcci[oó]n|usuario|conta|endere[cç]o|indirizzo|utente|casella)'
const literalIp = String.raw`\[?(?:\d{1,3}\.){3}\d{1,3}\]?|\[[\da-f:.]{4,45}\]`

/** Words of Latin script, which stand alone; `of` and what it says belongs to the noun. */
export const latinNouns: Readonly<Record<Subject, readonly string[]>> = {
	recipient: [
		`${theirs} (?:e-?mail )?${machine}`,
		`(?:${machine} of (?:the )?(?:recipient|addressee|user|<>))`,
		`(?:your?|sender's) (?:\\w+ )?(?:intended )?(?:recipients?|addressees?|correspondents?)`,
		'(?:recipients?|rcpts?|addressees?|receivers?|correspondents?|subscribers?|customers?|members?|persons?|employees?|people|nobody|no ?one|he|she)',
		'(?:mail ?box(?:es)?|in ?box(?:es)?|mail ?drops?|mail ?folders?|mail ?stores?|mail ?files?|post ?box(?:es)?|maildirs?|mail director(?:y|ies))',
		'(?:users?(?: ?(?:ids?|names?|accounts?))?|accounts?(?: holders?)?|alias(?:es)?|local.?parts?|destinations?|mail ?users?|e-?mails?(?: addresse?s?| accounts?)?|addresse?s?)',
		'(?:destinataires?|utilisateurs?|usagers?|abonn[eé]e?s?|adresses?|comptes?|bo[iî]tes?|bal|titulaires?)',
		'(?:empf(?:ä|ae)nger\\w{0,3}|benutzer\\w{0,3}|adressat\\w{0,3}|adresse|mailadresse|postf(?:a|ä)ch\\w{0,2}|konto|kontos)',
		'(?:usuari[oa]s?|destinatari[oa]s?|direcci[oó]n|cuentas?|buz[oó]n|casillas?|usuários?|destinatários?|endereços?|contas?|caixa(?: postal)?)',
		'(?:utente|utenti|destinatari|indirizzo|indirizzi|casella|gebruikers?|ontvangers?|geadresseerde|adres|postvak|postbus)',
		'<>',
	],
	sender: [
		`(?:your|our|the|this|an?|sending|source|client|sender) ip\\b(?: addresse?s?)?`,
		`(?:ip(?:v[46])?(?:[- ]addresse?s?)?|adresse ip|ip-adresse|direcci[oó]n ip|endere[cç]o ip|indirizzo ip|ip-adres)`,
		literalIp,
		`mail from(?:[: ]{0,2}<>)?|from(?:[: ]{1,2}<>)|sender(?:[: ]{1,2}<>)|return-?path|reverse-?path|envelope-?(?:from|sender)`,
		`${machine} of (?:the |your )?(?:sender|client|originator)(?: address)?(?: <>)?`,
		`${ours} (?:\\w+ )?(?:${machine}|${owned}|ip|networks?|isp|providers?|connections?|certificates?|organi[sz]ation|company|tenant|zone|records?)`,
		'(?:senders?|originators?|submitters?|clients?|spoof\\w{0,6}|exp[eé]diteurs?|[eé]metteurs?|absenders?|absenderadresse|remitentes?|remetentes?|mittente|mittenti|afzenders?)',
		'(?:networks?|net ?blocks?|subnets?|ranges?|asn?|isps?|providers?|connections?|sessions?|certificates?|tls|starttls|helo|ehlo|ptr|rdns|reverse dns|reputation|credentials?|login|passwords?|licen[cs]es?|relays?|proxy|proxies)',
		'(?:r[eé]seaux?|connexions?|netzwerke?s?|netz|verbindung(?:en)?|conexi[oó]n(?:es)?|red|rede|conex(?:ão|ões)|rete|connessione|netwerk|verbinding|fournisseurs?)',
	],
	signature: [
		'(?:signatures?|dkim|spf|dmarc|arc|domainkeys?|selectors?|public keys?|keys?|tokens?|firma|signatur|assinatura|handtekening|authentication|authentification)',
	],
	content: [
		'(?:contents?|messages?|body|bod(?:y|ies)|subjects?|headers?|attachments?|mime|charsets?|encodings?|formats?|links?|urls?|urn|uri|files?|dates?|message-?ids?|commands?|parameters?|arguments?|syntax|characters?|lines?)',
		'(?:your?) (?:e-?mails?|mails?|newsletters?)(?! address)',
		'(?:contenu|pi[eè]ces? jointes?|en-t[eê]tes?|courriels?|inhalt\\w{0,2}|anhang|nachricht(?:en)?|betreff|contenido|adjunto|mensajes?|conte[uú]do|anexo|mensagem|contenuto|messaggio|allegato|inhoud|bijlage)',
	],
	policy: [
		'(?:(?:mailing|distribution|white|allow|block|black|access|safe|approved|permit|deny) ?-?)?lists?|whitelisted|polic(?:y|ies)|rules?|filters?|permissions?|listes?|liste[n]?|listas?|lista|elenco|lijst|politique|r[eè]gles?|richtlinie[n]?|pol[ií]tica|permits?|quarantines?',
	],
	host: [
		machine,
		'(?:domaines?|serveurs?|h[oô]tes?|rechner|domänen?|dominios?|domínios?|servidor(?:es)?|server|domini|domeinen?|domein|gateways?|destination mxs?)',
	],
}

/** Words of scripts without word ends to go by, and stems of languages that bend them. */
export const otherNouns: Readonly<Record<Subject, readonly string[]>> = {
	recipient: [
		'получател|адресат|пользовател|ящик|уч[её]тн|адрес|аккаунт|одержувач|користувач|скриньк',
		'宛先|あて先|宛て先|受信者|アドレス|ユーザ|アカウント|メールボックス',
		'用户|用戶|使用者|收件人|邮箱|郵箱|信箱|账号|帐号|帳號|收信人|地址|사용자|수신자|수신인|주소|계정|아이디',
	],
	sender: [
		'отправител|ваш\\S{0,3} (?:домен|сервер|ip|адрес|хост|сет)|ip-?адрес|сет(?:ь|и)',
		'送信元|送信者|差出人|発信元|ネットワーク|发件人|發件人|寄件人|寄件者|发信人|发件|网络|網路|보낸 ?사람|발신자|발신|네트워크',
	],
	signature: ['подпис|署名|签名|簽名|서명|認証|认证|認證'],
	content: ['содержимо|содержани|本文|内容|件名|添付|邮件内容|內容|附件|본문|내용|첨부'],
	policy: ['списк|список|политик|リスト|ポリシー|名单|名單|列表|策略|목록|정책'],
	host: ['домен|сервер|хост|ドメイン|ホスト|サーバ|域名|服务器|伺服器|主机|도메인|서버|호스트'],
}
