import type { AccountCause } from '../kernel/mail.ts'

const raw = String.raw

const exceeded = raw`(?:exceed\w*|reached|hit|used up|exhausted|depleted|over|attained|dépassée?|atteinte?|überschritten|erreicht)`
const quota = raw`(?:quotas?|limits?|limite|allowance|allotment|credits?|caps?|kontingent)`
const ours = raw`(?:your|this|the sender's|daily|monthly|weekly|hourly|24[- ]hours?|per[- ](?:day|hour|month|minute)|sending|send|sender|submission|outgoing|outbound|smtp(?: relay)?|relay(?:ing)?|messag(?:e|es|ing)|e-?mails?|mails?|plan|subscription|account|tenant|free|trial|customer|envois?|quotidienne?|journali[eè]re?|horaire|mensuel(?:le)?)`
const stopped = raw`(?:suspended|paused|disabled|de-?activated|blocked|locked|frozen|closed|restricted|terminated|inactive|expired|unpaid|banned|on hold|under review|on probation|pending(?: approval)?|not (?:yet )?(?:active|activated|approved|enabled|verified|confirmed)|awaiting approval)`
const be = raw`(?:(?:is|are|was|were|has|have|been|being|currently|temporarily|permanently) )*`
const ourAccount = raw`(?:(?:your|sender'?s?|sending|smtp|relay|customer|postmark|sendgrid|mailgun|mailjet|brevo|sendinblue|sparkpost|ses|aws) )+(?:account|subscription|tenant|subaccount|sender account|smtp service|sending)`
const identity = raw`(?:sender|from|mail from|return-?path|envelope[- ]from|envelope[- ]sender|from[- ]?(?:address|domain|header)|sender[- ](?:address|domain|identity|e-?mail)|sending domain|your domain|e-?mail address|identity|identities)`
const unproven = raw`(?:not (?:a )?(?:verified|authori[sz]ed|allowed|permitted|confirmed|validated|owned|registered|approved|configured|associated|active|enabled)|unverified|unauthori[sz]ed|unconfigured|unregistered)`

/**
 * How relays say that they refuse us and not the reader, by cause; those named first decide. They meet text in the form
 * of `comparableText`. From the documentation of Amazon SES, Brevo, cPanel, Gandi, Google Workspace, Mailgun, Mailjet,
 * Microsoft 365, OVHcloud, Postfix, Postmark, SendGrid and SparkPost.
 */
export const accountWordings: ReadonlyArray<readonly [AccountCause, RegExp]> = [
	// the day's number, before the pace: both are called “throttling”
	[
		'quota',
		new RegExp(
			raw`(?:daily|24[- ]hour|monthly|weekly|hourly) (?:\S+ ){0,5}?${quota}\b(?: \S+){0,5}? ${exceeded}\b|${exceeded} (?:\S+ ){0,3}?(?:daily|monthly|weekly|hourly|24[- ]hour) (?:\S+ ){0,5}?${quota}\b`,
		),
	],
	[
		'rate',
		/maximum sending rate exceeded|sending (?:too (?:fast|quickly)|rate)|submission rate|throttling failure: (?:maximum )?(?:sending )?rate|too much mail from|too many (?:messages|mails|e-?mails|requests) (?:per|in (?:a|one|the last)|this|within a) (?:second|minute|short)|rate[- ]?limit(?:ed|s|ing)?\b|request rate|\bthrottled\b|slow(?:ing)? down|messages? rate|trop (?:rapide|vite)/,
	],
	[
		'quota',
		/submissionquotaexceeded|(?:maximum|insufficient|not enough|no|out of|ran out of|run out of|exceeded (?:your |the )?(?:maximum )?) ?(?:e-?mail |message |sending |account |more |remaining )?credits?\b|credits? (?:have been |has been |are |is )?(?:exhausted|used up|exceeded|depleted|expired)|has exceeded the max (?:e-?mails|defers)|tenant has exceeded|(?:messages|e-?mails|mails|recipients) per (?:day|hour|month)|(?:too many|max(?:imum)?(?: number of)?) (?:messages|mails|e-?mails|recipients) (?:sent |reached )?(?:today|per day|per hour|per month|this (?:hour|month|day)|for (?:today|this account)|from (?:your|this) account|in (?:24|the last|one day|an hour))|crédits? (?:épuisés?|insuffisants?)|exceed sending limit|allowed to send: recipient limit/,
	],
	[
		'quota',
		new RegExp(
			raw`\b${ours} (?:\S+ ){0,4}?${quota}\b(?: \S+){0,5}? ${exceeded}\b|${exceeded} (?:\S+ ){0,3}?${ours} (?:\S+ ){0,4}?${quota}\b|\b(?:sending|submission|outgoing|outbound|smtp|account) (?:\S+ ){0,2}?quota\b|quota d'envoi|limite d'envoi`,
		),
	],
	[
		'sign_in',
		/application-specific password required|username and password not accepted|authentication credentials invalid|smtpclientauthentication is disabled|(?:invalid|bad|wrong|incorrect) (?:\w+ )?(?:credentials(?! for relay)|username|login|password|api key)|(?:sasl )?(?:login |plain |cram-md5 )?authentication (?:\S+ )?(?:failed|unsuccessful|failure|rejected)|auth(?:entication)? failed|client was not authenticated|authentication (?:is )?required|must be authenticated|not authenticated to send|échec (?:de l'|d')authentification/,
	],
	[
		'sender',
		new RegExp(
			raw`(?:e-?mail address|domain|identit(?:y|ies)|sender|from address)(?: \S+){0,6}? ${be}(?:not (?:been )?verified|unverified)|identities failed the check|verified sender identity|not a (?:verified )?sender signature|sender signature (?:\S+ ){0,4}(?:not|isn't)|\b${identity}(?: \S+){0,6}? ${be}${unproven}\b|${unproven} (?:\S+ ){0,2}?(?:sender|from|sending|domain)\b|sender address rejected: (?:not owned|not logged in|access denied|not allowed|unverified)|not owned by user|(?:permissions?|not allowed|not permitted|not authori[sz]ed|unable|cannot|can't) to send (?:\S+ ){0,3}?(?:as|from|on behalf|for) |sendasdenied|bad outbound sender|banned sender|unregistered domains|domain (?:\S+ ){0,3}is not allowed to send|unauthenticated senders? (?:\S+ )?(?:not|is not) allowed|sandbox (?:sub)?domains?|expéditeur (?:\S+ ){0,3}(?:non (?:vérifié|autorisé|validé)|refusé|inconnu)`,
		),
	],
	[
		'account',
		new RegExp(
			raw`\b(?:your|the sender'?s?|sender|sending|smtp|customer|postmark|mailgun|mailjet|brevo|ses) (?:\S+ ){0,3}?(?:account|subscription|tenant|service|domain) (?:\S+ ){0,4}?${be}${stopped}\b|sending (?:\S+ ){0,3}?${be}(?:paused|suspended|disabled|blocked) (?:for|on) (?:this|your|the) (?:account|configuration)|(?:paused|suspended|disabled|blocked) (?:sending|for this account)|${ourAccount} ${be}(?:suspended|paused|on probation|under review|unpaid|not (?:yet )?activated|pending approval)|free accounts? (?:\S+ ){0,4}(?:only|not|cannot|can't)|smtp account (?:\S+ ){0,4}not|unauthori[sz]ed ip|ip address (?:\S+ ){0,6}?(?:not (?:authori[sz]ed|allowed|registered)|you've registered)|traffic not accepted|not authori[sz]ed to perform|configuration set (?:\S+ ){0,4}(?:not exist|doesn't exist)|invalid credentials for relay|mail relay denied|spam abuse detected|payment (?:is )?(?:required|overdue)|invoice|votre compte (?:\S+ ){0,4}(?:suspendu|bloqué|désactivé|fermé|limité)|(?:account|domain) (?:is )?disabled for sending`,
		),
	],
	[
		'account',
		/\brelay(?:ing)? (?:access |is |was )?(?:denied|refused|prohibited|forbidden|not (?:allowed|permitted))|(?:unable|not (?:permitted|allowed|authori[sz]ed)) to relay|we do not relay/,
	],
]

/** Codes of Microsoft 365, Google and RFC 3463 §3.8 that say so whatever the words. */
export const accountCodes: ReadonlyMap<string, AccountCause> = new Map<string, AccountCause>([
	['1.8', 'sender'], // bad sender's system address; Microsoft: bad outbound sender
	['1.90', 'quota'],
	['2.252', 'sender'],
	['4.5', 'quota'], // Google: daily sending limit. RFC 3463 calls it congestion: only 5.4.5 is taken
	['7.57', 'sign_in'],
	['7.60', 'sender'],
	['7.139', 'sign_in'],
	['7.232', 'quota'],
	['7.233', 'quota'],
	['7.501', 'account'],
	['7.502', 'account'],
	['7.503', 'account'],
	['7.508', 'quota'],
	['7.511', 'account'],
	['7.705', 'quota'],
	['7.708', 'account'],
	['7.750', 'sender'],
])

/** Words that make a reader, and not us, the subject of a limit. */
export const aboutReader =
	/\b(?:recipient|addressee|destinataire|mailbox|mail ?box|inbox|boîte|user you are trying|account that you tried|customer you are|receiving (?:mail|messages|e-?mail)|(?:user|account|<>):? (?:is )?(?:over|has exceeded|exceeded)|(?:to|for) (?:this|that) (?:user|recipient|mailbox|address))/

/** Words that nobody says of a reader, however the sentence goes on. */
export const aboutUs =
	/\b(?:your (?!messages?\b|e-?mails?\b|mails?\b|recipient|request)|sender|sending|submission|outbound|outgoing|throttling failure|smtp|relay\w*|credits?|tenant|plan|customer's|allowed to send|for user|for customer|daily (?:smtp|user|message|sending|e-?mail)|from (?:your|this) account|identit)/

/** What is about the size of a message or of a mailbox, whatever limit is named. */
export const aboutSize = /\b(?:size|storage|disk|too (?:large|big|long)|bytes|attachments?|header)\b/
