import type { KnownWordings } from './meaning.ts'

const mailbox =
	'(?:mail ?box|in ?box|mail ?folder|mail ?drop|mail ?store|mail ?file|post ?box|maildir|mail directory)'
const person = `(?:user|recipient|customer|subscriber|member|person|owner|addressee|${mailbox}|account|address|<>)`
const who = `(?:${person}|alias|user ?(?:id|name)|mail ?user|local.?part|destination|receiver|rcpt|e-?mail|account holder|to address)`
const be =
	'(?:(?:is|are|was|were|be|been|has|have|had|being|seems?|now|currently|temporarily|permanently|administratively) )*'
const theSender = '(?:your|sending|source|client|connecting|originating|sender|submitting)'
const host = '(?:ip|host|server|network|address|mta|mail ?server|smtp server|domain|system|isp|provider)'

/** Patterns from sources that share the nouns above. */
function all(...sources: string[]): RegExp[] {
	return sources.map((source) => new RegExp(source))
}

const raw = String.raw

/** English that no single system owns: stems by meaning, as standards put them and as administrators type them. */
export const general: KnownWordings = {
	system: 'any, in English',
	source: 'RFC 5321 §4.2.3, RFC 3463 §3, RFC 7505 §4, RFC 7372, and what is written in access tables',
	sentences: {
		'busy-recipient': all(
			raw`(?:recipient|mailbox|user|<>)(?:'s)? (?:\w{1,20} )?(?:has |have |is |was )?(?:exceed\w*|reached|hit|over|above) (?:\S{1,20} ){0,4}(?:message rate|rate limit|receiving|receive rate|incoming|inbound|hourly|daily (?:receiv|incoming|inbound|message)\w*|messages? per|mails? per)`,
			raw`(?:recipient|mailbox|user)(?:'s)? (?:message |receiv\w+ |incoming |inbound |hourly |daily )?rate (?:limit )?(?:has been |is |was )?(?:exceeded|reached|hit)|too many messages (?:received )?for (?:this|the) (?:recipient|user|mailbox)`,
		),
		rate: all(
			raw`throttling failure|(?:daily|hourly|monthly) (?:\S{1,20} ){0,4}(?:quota|limit)s? (?:was |is |has been |have been )?(?:exceeded|reached|hit|used up)|(?:exceeded|reached|over|hit) (?:\S{1,20} ){0,3}(?:daily|hourly|monthly|sending) (?:\S{1,20} ){0,3}(?:quota|limit)`,
			raw`(?:sending|send|relay|submission|outbound|outgoing) (?:\S{1,20} ){0,2}(?:quota|limit)s? (?:was |is |has been )?(?:exceeded|reached|hit)`,
			raw`(?:your|sender(?:'s)?) (?:sending |smtp |e-?mail )?(?:account|plan|subscription|tenant|domain|ip(?: address)?)(?: \S{1,40}){0,2} (?:has |is )?(?:exceeded|reached|over|out of|used up) (?:\S{1,20} ){0,4}(?:quota|limit|credits?|allowance)`,
		),
		'blocked-sender': all(
			raw`e-?mail address is not verified|identities failed the check|sending (?:is |has been )?(?:paused|suspended|disabled)|callback setup failed`,
		),
		'no-such-domain': all(
			raw`no (?:valid (?:mx|mail exchanger) (?:hosts?|records?)|(?:mx|mail exchanger) hosts?) (?:were |was |could be )?found(?!.{0,60}(?:your|sender|sending|client|helo|ehlo|from))`,
		),
	},
	replies: {
		'accepts-no-mail': all(
			raw`null ?mx|no mx record (?:was )?found for (?:the )?domain|(?:mx|srv) record indicated no smtp service`,
			raw`domain (?:\S{1,200} )?(?:does not|doesn't|do not|never) accepts? (?:any )?(?:e-?)?mail\b(?! (?:from|with|without|if|unless|until|over|through|by|at th|now|that))`,
		),
		'mailbox-full': all(
			raw`${mailbox}(?: \S{1,80}){0,4} ${be}(?:almost |completely |too |over-?)?full\b`,
			raw`${person}(?:'s)? (?:e-?mail |mail )?(?:${mailbox} |account |storage |quota |space )?${be}(?:over-?)?full\b`,
			raw`\b(?:full|overfull) (?:${mailbox}|account)|mailboxfull|mailbox[- ]full|full mailbox`,
			raw`(?<!sending )(?<!relay )(?<!message )(?<!rate )\b(?:over|disk|storage|mail)?-?quota\b(?! of (?:messages|recipients|mails|connections))`,
			raw`(?:exceed\w*|reached|beyond|over|past|used up|above|larger than|out of) (?:\S{1,20} ){0,4}(?:${mailbox}|storage|disk|allotted|allocated|inbox)(?: \S{1,20}){0,3}\b`,
			raw`${person}(?:'s)?(?: \S{1,40}){0,4} (?:exceed\w*|reached|over|above|beyond|out of) (?:\S{1,20} ){0,4}(?:size|limits?|space|maximum|capacity|storage|allocation)\b`,
			raw`(?:${mailbox}|storage|disk) (?:size |space |storage |disk |usage )?(?:limit|size|allocation|space|usage|capacity) ${be}(?:exceeded|reached|full|over)`,
			raw`(?:insufficient|not enough|no|lack of|low on|out of) (?:\w+ )?(?:disk|storage|space|room)(?: \w+)? (?:in|for|on|left|available)|(?:insufficient|not enough) ${mailbox}|(?:space|storage) ${be}?(?:not enough|insufficient|exhausted)|exhausted (?:\S{1,20} ){0,3}(?:space|storage)`,
			raw`disk ${be}full|no space left|exceeded storage|storage exceeded|(?:user|he|she) has too (?:many|much) (?:messages|mails?|e-?mails?|data)`,
			raw`too many (?:messages|mails|e-?mails) (?:in|on|for|stored)|number of messages in .{0,30}${mailbox} exceed|${mailbox} (?:is )?too (?:large|big)`,
		),
		disabled: all(
			raw`${who}(?:\(s\)|'s)?(?: \S{1,80}){0,4}? ${be}(?:disabled|suspended|de-?activated|inactive|locked|frozen|discontinued|archived|dormant|expired|on hold|unavailable at this time)\b`,
			raw`${who}(?:\(s\)|'s)?(?: \S{1,80}){0,2}? ${be}not (?:yet )?(?:active|activated|enabled)`,
			raw`(?:inactive|disabled|suspended|locked|deactivated|archived|frozen|dormant|expired) (?:user|account|${mailbox}|recipient|e-?mail|address)`,
			raw`user is terminated|temporar(?:y|ily) (?:locked|inactive|disabled)|not accepting (?:mail|messages|e-?mail) at (?:this|the) (?:time|moment)`,
		),
		moved: all(
			raw`${person}(?: \S{1,80}){0,2} (?:has |have |was |is )?(?:been )?(?:moved|relocated|transferred)\b`,
			raw`(?:has|have) (?:changed|a new) (?:\w+ ){0,2}(?:e-?mail )?address|new (?:e-?mail )?address (?:is|:)|new (?:e-?mail )?address:`,
			raw`recipient no longer on server|user not local; (?:please )?try|(?:domain|mailbox) owner has changed|address has (?:been )?changed`,
			raw`(?:please (?:use|update|try|send)|instead use) (?:\S{1,30} ){0,4}new (?:e-?mail )?address|replaced by <>`,
		),
		'too-large': all(
			raw`(?:message|mail|size|length|body|attachments?|data|content|e-?mail)(?: \S{1,40}){0,5} (?:too (?:large|big)|exceed\w*|larger than|over (?:the )?(?:maximum|limit|size))`,
			raw`(?:exceed\w*|over|larger than) (?:\S{1,40} ){0,4}(?:message|mail|size) (?:size|limit|length)|too (?:large|big) (?:a )?(?:message|mail|e-?mail)`,
			raw`maximum (?:\w+ )?message size|message file too big|(?:exceeds?|over) (?:\w+ ){0,3}(?:maximum|max|allowed) (?:\w+ )?size|\bsize limit\b|message size`,
		),
		'not-authenticated': all(
			raw`(?<![-.\w])(?:spf|dkim|dmarc|domainkeys)(?![-.]?\w)|(?<![-.\w])(?:spf|dkim|dmarc|arc)[- ]?(?:check|fail\w*|records?|auth\w*|verif\w*|validat\w*|polic\w+|reject\w*|error|results?|softfail|hardfail|none|pass|align\w*|lookup|evaluation|test)\b`,
			raw`sender policy framework|domain-?keys identified mail|(?:invalid|bad|missing|broken|no valid|unknown|failed|incorrect|expired) (?:\S{1,20} )?signature|signature (?:\S{1,20} ){0,2}(?:invalid|bad|missing|failed|broken|not valid|not found|unknown|rejected|does not|did not|verification|expired)`,
			raw`unauthenticated (?:e-?mail|senders?|mail|message|user)|${be}not authenticated|auth(?:entication)? ${be}(?:required|needed|failed|failure|check)`,
			raw`(?:need|have|must|required|fail\w*) (?:\S{1,12} ){0,3}authenticat|turn on smtp auth|requires? (?:\S{1,20} )?authentication|mismatch\w* (?:client|with message header)|smtp auth\w*|local users? only|without authentication|authentication (?:error|information)`,
			raw`(?:tls|starttls|encryption|secure connection) (?:is )?(?:required|needed)|must issue a starttls`,
		),
		'blocked-sender': all(
			raw`(?<![-.\w])(?:black|block|deny|drop) ?-?list(?:ed|ing|s)?\b|(?<![-.\w])(?:dns)?r?bls?\b(?![-.]\w)|\bdnsbl\b|(?<!not )listed (?:in|on|at|by) \S`,
			raw`\b(?:spamhaus|spamcop|sorbs|abuseat|barracudacentral|uribl|surbl|spamrats|uceprotect|mailspike|nixspam|manitu|senderscore|senderbase|invaluement|spameatingmonkey|psbl|backscatterer|sendersupport|dnswl|trustedsource|cloudmark|ordb|mail-abuse)\b`,
			raw`(?:poor|bad|low|negative|your|ip|sender|host|domain|sending) (?:\w+ )?reputation|reputation ${be}(?:of|score|too|below|poor|bad|low)`,
			raw`reverse.?(?:dns|lookup|mapping|name|resolution|record)|\b[rf]c?r?dns\b|(?<![-.\w])ptr (?:record|dns|name|entry|lookup)|no ptr\b|missing ptr|unverif[yi]+able sending ip`,
			raw`(?:resolve|find|verify|lookup|look up|resolving) (?:your|the sending|the client|sender's) (?:\S{1,20} )?(?:host ?name|ip|address|domain|host)|valid (?:\S{1,20} )?(?:sender domain|reverse)`,
			raw`${theSender} ${host}(?: \S{1,100}){0,4}? ${be}(?:blocked|banned|rejected|refused|denied|listed|black|not (?:allowed|permitted|authori[sz]ed|accepted|trusted|resolv\w+))`,
			raw`client host (?:\S{1,120} )?(?:rejected|blocked)|(?:banned|blocked|rejected|denied|suspicious|dynamic|residential|blacklisted|bad) (?:sending |client |source )?ip\b|ip (?:address )?(?:\S{1,60} )?${be}(?:blocked|banned|blacklisted|listed|rejected|denied)`,
			raw`(?:sender|mail from|return.?path|envelope.?from|from address|from domain)(?:'s)? (?:address |domain |e-?mail |host )?(?:\S{1,120} )?${be}(?:rejected|denied|blocked|refused|banned|invalid|unknown|not (?:allowed|accepted|permitted|valid|found|authori[sz]ed|exist|in|on|from|local|known|registered)|forbidden|unverif\w+)`,
			raw`sender (?:address )?(?:verify|verification|callout|callback) (?:failed|failure)|domain of (?:the )?sender|could not verify sender|verification failed for`,
			raw`(?:bad|invalid|unknown|missing|illegal|malformed|unresolvable|forged|fake|spoofed|null) (?:\w+ )?(?:sender|mail from|return.?path|reverse.?path|helo|ehlo|envelope from)`,
			raw`sender (?:address |domain |e-?mail )*(?:must|does not|doesn't|did not) (?:exist|resolve)|envelope sender|(?:for|of|with) (?:the |your )?sender(?: address| domain)|(?:helo|ehlo) (?:\S{1,80} ){0,2}(?:rejected|invalid|denied|required|must|does not|mismatch)`,
			raw`(?:invalid|bad|missing|no valid|incorrect|unresolvable) (?:dns )?(?:mx|a/aaaa|mx or a\S{0,6}|dns|ptr|a) (?:or \S{1,8} )?(?:resource )?(?:record|entry|dns)|(?:invalid|bad|missing|no) dns\b|unsupported helo|not in (?:the )?dns`,
			raw`may not be mail exchanger|your access to .{0,60} has been rejected|verify mailfrom|forgery|(?:you|sender|host) (?:are|is) (?:not allowed|blocked|banned|blacklisted|listed)(?: to (?:connect|use))?|mail from .{0,120}(?:rejected|refused|denied)`,
			raw`blocked (?:for|due to|because of|using|by|at|from) (?:\S{1,30} ){0,3}(?:abuse|spamming|complaints|suspicious|rbl|dnsbl|spam)|host blocked|\bspoof(?:ed|ing|s)?\b|impersonat\w+|(?:user|spam) complaints|open (?:relay|proxy)|(?:your|this) (?:isp|network) (?:\S{1,20} )?(?:blocked|listed)`,
		),
		rate: all(
			raw`too many (?:concurrent |simultaneous |new |smtp |open |invalid |bad |failed |unknown |unrecogni[sz]ed )?(?:connections?|messages|recipients|sessions|e-?mails|mails|errors|rcpts?|requests|connects|sends|attempts|transactions|commands|users|addresses|threads|deliver\w+)`,
			raw`(?:rate|throughput|volume|frequency)[- ]?(?:limit|control|exceed|is too|restrict|has|threshold)|rate ?limit|throttl|(?:exceed\w*|over|above) (?:\S{1,20} ){0,4}(?:rate|connections|recipients|messages per|mails per|threshold|sending quota)`,
			raw`(?:connection|concurrency|session|sending|message|daily|hourly|submission|relay|outbound) (?:\w+ )?(?:limit|quota)s? ${be}(?:exceeded|reached|hit)|recipient (?:\w+ )?limits? ${be}(?:exceeded|reached|hit)|limit on (?:the )?number of (?:messages|connections|recipients)`,
			raw`unusual(?:ly)? (?:high )?(?:rate|volume|amount|activity)|unexpected volume|excessive (?:\w+ )?(?:rate|volume|number|amount|connections|unknowns?|spam)|receiving (?:e-?mail|mail) (?:at a rate|too quickly)|slow(?:ing)? (?:it )?down|sending (?:too (?:fast|much|many)|limit|quota)|maximum (?:number of )?(?:recipients|connections|sessions)`,
		),
		virus: all(
			raw`(?<![-.\w])(?:virus(?:es)?|malware|trojan|worm|phish\w*|malicious|infected|w32\S{0,40})(?![-.]\w)`,
		),
		spam: all(
			raw`(?<![-.\w@])(?:spam|spammy|spammers?|unsolicited|junk (?:e-?)?mail|ube|uce|spam-like|anti-?spam)(?![-.@]\w)`,
			raw`(?:content|message|mail|e-?mail|body) ${be}(?:rejected|refused|blocked|filtered|denied|discarded) (?:by|due to|as|because of|for|based on) (?:\S{1,40} ){0,3}(?:content|filter|spam|score|reputation|rule)`,
			raw`(?:message )?content (?:reject|not accepted|unacceptable|violat)|content (?:filter|scan|check|analysis)|spam(?:assassin| score| content| detected|trap)|(?:looks?|appears?|seems?) (?:like|to be) (?:spam|junk)|header error|bulk (?:e-?)?mail\b|scored \S{1,10}|high probability`,
		),
		'refused-by-recipient': all(
			raw`recipient preferences|${person}(?:'s)?(?: \S{1,80}){0,2} ${be}(?:(?:does|do|will|is|are|has|can) ?(?:not|n't)|not|won't|no longer) (?:\w+ )?(?:want|accept(?:ing)? (?:mail|message|e-?mail)s? (?:from|in|with)|allow|willing)`,
			raw`(?:delivery|access|posting|sending|mail|messages?) to (?:this|the|that) (?:address|recipient|group|list|mailbox|user|account|distribution list) ${be}(?:restricted|prohibited|limited|not (?:allowed|permitted))`,
			raw`not (?:allowed|authori[sz]ed|permitted|able) to (?:\w+ )?(?:send|post|submit|mail|write|e-?mail)|(?:permission|rights|privileges?|authori[sz]ation) to (?:post|send|submit|mail)|only accepts? (?:e-?mails?|mails?|messages) (?:from|that)`,
			raw`accepts? (?:only )?(?:e-?mail |mail |messages )?(?:only )?from (?:authenticated|known|approved|members|internal|certain|specific|authori[sz]ed)|not (?:on|in) (?:the |my |his |her |their |this |our )?(?:\w+ )?(?:white|allow|accept|approved|safe|friends|contact)(?:ed)?[- ]?(?:list|sender)?`,
			raw`(?:blocked|filtered|refused|rejected|declined|denied) by (?:the |this |a )?(?:\w+ )?(?:recipient|user|addressee|owner|mailbox|moderator|end-?user)|(?:recipient|user|he|she) (?:has )?(?:rejected|refused|blocked|declined) (?:your|this|the|mail)|members? only|moderat(?:ed|or|ion)|closed list`,
		),
		relaying: all(
			raw`relay(?:ing)? (?:access |operation |of mail |mail |server |to \S{1,100} |for \S{1,100} |through \S{1,100} )?${be}(?:denied|not (?:allowed|permitted|possible|authori[sz]ed|ok)|prohibited|disabled|rejected|refused|forbidden|restricted)`,
			raw`(?:unable|permitted|allowed|authori[sz]ed|refuse[sd]?|cannot|can't|won't|will not|does not|do not|doesn't|don't|not) (?:to )?relay|no relay(?:ing)?\b|relaying mail to|we do not relay|is not (?:a )?(?:local|hosted|valid) domain|not an? (?:open )?relay`,
			raw`domain ${be}not (?:hosted|local|handled|served|configured|accepted|allowed|in (?:our|my|the))|not (?:one of )?our domains?|not responsible for (?:that|this) domain|not a (?:valid )?gateway|rcpthosts`,
		),
		'by-policy': all(
			raw`\bpolic(?:y|ies) (?:error|reasons?|violations?|restrict\w*|rejection|rejected|rejects?|block\w*|refus\w*|denie[sd]|denial|prohibit\w*|does not allow|failure)`,
			raw`(?:violat\w+|due to|because of|contrary to|against|breach\w* of|prohibited by|rejected by|refused by|blocked by|denied by|disallowed by|not allowed by|forbidden by|comply with) (?:\S{1,20} ){0,4}polic(?:y|ies)\b`,
		),
		'no-such-user': all(raw`bad destination mailbox address|5\.1\.1 \(bad destination`),
		'no-such-domain': all(
			raw`(?:unknown|no such|non-?existent|nonexistent|invalid|illegal|bad|unresolvable|unroutable|unrouteable|undefined|incorrect) (?:\w+ )?(?:host|domain|destination (?:host|system|domain)|host/domain|(?:mail )?exchanger)(?: ?name)?\b`,
			raw`(?:host|domain)(?: or domain)?(?: ?name)?(?: \S{1,200})?(?: \S{1,200})? ${be}(?:unknown|not (?:found|be found|be resolved|exist|valid|known|registered|resolvable|a valid)|non-?existent|nonexistent|(?:does not|doesn'?t|did not|didn'?t) (?:exist|resolve)|could(?:n't| not) be (?:found|resolved|located)|unroutable|invalid|unresolvable|cannot be (?:found|resolved))(?!.{0,20}try again)`,
			raw`(?:couldn't|could not|can't|cannot|unable to|failed to|did not) (?:find|resolve|locate|look ?up|determine) (?:\w+ ){0,3}(?:host|domain|mail server|mail exchanger|mx|ip address|a record|address for|dns)(?!.{0,60} (?:temporar|try again))`,
			raw`\bnxdomain\b|bad destination (?:system|host)|no (?:valid |known |such )?(?:mx|mail exchanger|mail host|mail server|a)(?: records?| hosts?| server)?(?: or \S{1,20})? (?:\w+ ){0,2}for|name or service not known|no such domain|dns hard error|no dns (?:entry|record)|no route to domain|unrout(?:e)?able domain`,
		),
		'user-unknown': all(
			raw`(?:unknown|no such|non-?existent|nonexistent|unrecogni[sz]ed|undeliverable|incorrect|wrong|not a (?:known|valid|recogni[sz]ed)|unavailable|unmatched) (?:\w{1,15} ){0,3}?${who}s?\b`,
			raw`(?:unable to|cannot|can't|could not|couldn't|failed to|did not|didn't) (?:find|locate|resolve|verify|identify|look ?up|recogni[sz]e|match) (?:\w{1,15} ){0,3}?${who}\b`,
			raw`(?:invalid|bad|illegal|incorrect) (?:\w{1,15} )?${who}(?:name|s|\(s\))?\b`,
			raw`${who}(?:'s|s|\(s\))?(?: ?name| id| address| account| ${mailbox})?(?: \S{1,120}){0,3}? ${be}(?:unknown|not (?:be )?(?:known|found|exist\w*|valid|recogni[sz]ed|listed|registered|available|defined|here|local|on this|a (?:valid|known|registered)|in (?:the|our|my|this)|deliverable|present|configured|match\w*|identified|verified|resolved|ok\b|a member)|no longer|non-?existent|nonexistent|invalid|undeliverable|unavailable|unreachable|unlisted|cancell?ed|closed|deleted|removed|terminated)`,
			raw`${who}(?:'s|s|\(s\))?(?: \S{1,120}){0,3}? (?:does not|doesn'?t|do not|don'?t|did not|didn'?t) (?:exist|have an?\b|match|appear|receive|currently exist)|${who} (?:address )?(?:verification|verify|validation|lookup|look-up|check) (?:\S{1,20} ){0,4}(?:problem|fail\w*|error)|(?:does not|doesn't) (?:handle|accept) mail for (?:that|this) (?:user|address|recipient|account)|${who}(?: \S{1,120}){0,3}? (?:couldn't|could not|cannot|can't) be (?:found|resolved|verified|located|reached)`,
			raw`(?:does not|doesn'?t|not|don'?t|didn't) exists?\b|no ${mailbox} (?:here|found|for|by|with|available)|no account\b|(?:no ?one|nobody|no person|no user|no (?:such )?name)(?: \w+)? (?:here|by|with|called)|(?:have|has) no (?:such )?(?:user|mailbox|account)|\buser ?unknown|unknown recipients?`,
			raw`\bno (?:such |matching |valid |local |active )?(?:users?|recipients?|mailbox(?:es)?|accounts?|address(?:es)?|e-?mail address(?:es)?) (?:was |were |could be |by that name |with that name |with this name )?(?:found|exists?|known|available|matched|matches|present)`,
			raw`\b(?:user|recipient|mailbox|account|address)s?(?:unknown|notfound|invalid|nonexistent)|\b(?:unknown|invalid|bad|nosuch|nonexistent)(?:user|recipient|mailbox|account|address)\b`,
			raw`not our customer|not (?:a )?(?:deliverable|known|valid|current) (?:here|address|user|mailbox|recipient|customer|account|at this)|no valid (?:${mailbox}|address)|(?:${mailbox}|user|account) not local|mailbox unavailable|addressee unknown|unknown addressee`,
			raw`has left|no longer (?:works?|employed|with (?:us|the|this)|at this|at our|active|valid|available|in use|exists?|accepts? (?:mail|e-?mail|messages)|accepted|accepting|here|a (?:valid|member|customer|user)|monitored|being used|on (?:this|the))`,
			raw`recipients? (?:address(?:es)? )?(?:rejected|refused|denied)(?:$|\.$|\. |\.? ?\((?:in reply|#))|(?:address|recipient|rcpt|mailbox|user)(?:s|\(s\))? (?:rejected|refused|not accepted|not allowed)(?:$|\.$|:? <>| ?\()|^<> (?:was |is )?(?:rejected|refused)\.?$`,
		),
		// what any of the nouns of subjects.ts may be called: it counts where that is no recipient
		'said-unknown': all(
			raw`\b(?:invalid|unknown|illegal|bad|incorrect|no such|non-?existent|unrecogni[sz]ed|unsupported|unverified|unregistered|bogus|forged|disabled|suspended|revoked|unresolvable|mismatch\w*)\b`,
			raw`\b(?:not|never|cannot|can't|could not|couldn't|unable to) (?:be |been )?(?:found|find|known|valid\w*|recogni[sz]ed?|registered|listed|verif\w+|exist\w*|resolved?|locate\w*|defined|active)\b|\b(?:does|do|did)(?: not|n't) (?:exist|resolve|match)|\bno longer\b`,
			raw`\binconnue?s?\b|invalides?\b|introuvables?|inexistante?s?|n'existe|unbekannt|ungültig|existiert nicht|nicht gefunden|desconocid|desconhecid|inv[aá]lid[oa]|no existe|não existe|sconosciut|inesistent|non esiste|onbekend|bestaat niet|ongeldig|неизвест|не найден|не существует|无效|不存在|存在しません|無効`,
		),
		content: all(
			raw`unsupported (?:\w{1,20} ){0,2}(?:attachments?|files?|formats?|types?|encoding|characters?)`,
			raw`(?:duplicate|multiple|missing|invalid|bad|malformed|illegal|long|too many|improper|unexpected|forbidden) (?:\S{1,30} ){0,2}(?:headers?|from|to:|date|message-id|mime|lines?|subject|characters?|encoding|attachments?)\b`,
			raw`headers? ${be}(?:too|missing|invalid|malformed|line|not)|multiple addresses in from|not compliant|(?:not|non|violat\w+|comply|complies|compliant|against|per|required by) (?:\S{1,20} ){0,3}rfc ?-?\d{3,4}|rfc ?-?\d{3,4} (?:complian|violat|format|require|standard)|bare (?:lf|cr|newline|line)|8-?bit|smtputf8|non-ascii|mime (?:type|error|part|structure)|charset|malformed`,
			raw`(?:file|extension|attachment|content)s? (?:type |name )?${be}(?:not (?:allowed|accepted|permitted)|blocked|banned|prohibited)|banned (?:file|content|attach)|executable|invalid data in|mime/reject|(?:prohibited|offensive|objectionable) (?:content|language|words?)|conversion`,
		),
		greylisted: all(
			raw`gr[ae]y-?list|try again in \d|early retry|please retry in|retry after \d|come back (?:later|in)`,
		),
		loop: all(
			raw`too many hops|hop ?count|(?:routing|mail|forwarding|message|e-?mail) loop|loops? back to|loop (?:was )?detected|\blooping\b|too many received`,
		),
		unreachable: all(
			raw`connections? (?:\S{1,40} ){0,3}(?:timed? ?-?out|refused|reset|lost|closed|dropped|failed|aborted|terminated|died)|timed? ?-?out|no route to (?:host|network)|network (?:is )?(?:unreachable|down|error)|connection .{0,80}is broken|read error from|name server: \S{0,100}: (?:host name lookup|no data)|host (?:is )?(?:unreachable|down|not reachable|unavailable)`,
			raw`not respond|lost connection|no (?:answer|response|reply) from|(?:couldn't|could not|can't|cannot|unable to|failed to|not able to|did not) (?:\w+ )?(?:connect|establish|contact|reach|open (?:a )?(?:connection|socket)|accept our requests)|no smtp connection|refused to talk|socket error|connection (?:error|problem)|unreachable`,
			raw`dns (?:error|failure|timeout|soft|server|lookup|query|problem)|name ?(?:server|service)(?: error)?.{0,80}(?:fail|time|error|not found|try again)|host ?name lookup|host lookup|lookup (?:failure|failed|timeout|error)|temporar\w+ (?:dns|lookup|resolution)|(?:remote|destination|mail) (?:host|server) (?:\S{1,100} )?(?:is )?(?:down|unavailable|not available|not ready)`,
		),
		program: all(
			raw`unknown mailer error|mailer error|command (?:died|failed|output|timed|terminated|not found|line usage)|delivery agent|exit(?:ed)? (?:with )?(?:status|code|value)|pipe to \||child (?:crashed|process|status)|program (?:failed|crashed|died)|subprocess|lda (?:failed|error)|local delivery (?:failed|agent)|x-unix`,
		),
		policy: all(
			raw`polic(?:y|ies)|access[- ]denied|(?:does|do|will) not accept|(?:doesn|don)'t accept|won't accept|no permit\b|access (?:is |was )?denied|not (?:accepted|allowed|permitted|authori[sz]ed|acceptable|accepting)|prohibited|administrat(?:ive|or)|\bsecurity|denied|refus(?:ed|al|es)|rejects?\b|reject(?:ed|ion)|forbidden|blocked|violat|disallowed|not welcome|restricted|unacceptable|declined`,
		),
		system: all(
			raw`(?:system|server|mailer|internal|local|configuration|config|software|unknown|processing|transfer|delivery|program|resources?|database|ldap|i/o|disk|unexpected) (?:\w+ )?(?:error|problem|failure|trouble|fault)|(?:service|server|system|resources?) (?:\w+ )?(?:is )?(?:currently |temporarily )?(?:not available|unavailable|busy|down|shutting|overload\w*|unable)`,
			raw`temporar|try (?:again|later)|transient|insufficient|out of memory|(?:can ?not|can't|couldn't|could not) (?:open|create|write|append|lock|access|load|process|complete)|permission|transaction failed|aborted|\block|deferred|queue file|service not available|busy`,
		),
		expired: all(
			raw`(?:retry|delivery|queue|transport) (?:time ?-?out|time|lifetime|limit|period|attempts)? ?(?:limit )?(?:was |has |has been )?(?:exceeded|expired|elapsed|exhausted)|in the queue too long|in queue (?:for )?too long|giv(?:ing|en) up|gave up|(?:stopped|ceased) trying|(?:message|envelope|delivery|mail|time) (?:has |time |was )?expired|too old`,
			raw`(?:failed|after|made) \d{1,6} (?:delivery |failed |unsuccessful )?(?:attempts|tries|retries)|(?:not|unable) (?:be |to be |to )?deliver(?:ed|able)?(?: \S{1,30}){0,4} (?:for|within|in|after|during) (?:\S{1,30} ){0,3}(?:\d+|too|several|many|long|specified|allotted|hours?|days?)|maximum (?:\w+ )?(?:attempts|retries|retry|delivery|queue|time)|undelivered (?:after|for)|retr(?:y|ies) exhausted|not (?:yet )?been delivered|(?:too many|number of) (?:delivery )?(?:attempts|retries)|for (?:more than|over|the last|the past) \d{1,4} (?:hours?|days?|minutes?|seconds?)`,
		),
	},
}
