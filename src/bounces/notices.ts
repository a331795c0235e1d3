/**
 * How mails that software writes introduce themselves, each list with its source. All patterns meet text in lower
 * case with single spaces; subjects are met at their beginning unless a pattern says otherwise.
 */

/** Subjects of non-delivery reports: the systems named in `refusals/known-wordings`, and Exchange, Notes and Google in their languages. */
export const bounceSubjects: readonly RegExp[] = [
	/^(?:fwd?: ?|re: ?)?(?:\*{1,3} ?|\[.{0,30}\] ?)?(?:undeliver(?:able|ed)|returned (?:mail|message|to sender|e-?mail)|delivery (?:status )?(?:notification|failure|failed|report|problem|error|status|unsuccessful|has failed)|mail (?:delivery )?(?:failed|failure|error|system error|undeliverable|could not be)|failure (?:notice|notification|delivery)|failed (?:mail|delivery|message)|non-?deliver|nondeliver|permanent (?:delivery )?(?:failure|error)|unable to deliver|message (?:undeliverable|not delivered|delivery|could not|returned|status|you sent|bounced)|could ?n(?:o|')t (?:be )?deliver|e-?mail (?:delivery|could not|not delivered|bounce|undeliverable|error)|bounced? (?:mail|message|e-?mail)|error (?:mail|sending|delivering)|rejected (?:mail|message)|(?:there was an |an )?error (?:sending|delivering|in)|your (?:message|mail|e-?mail) .{0,60}(?:could not|not delivered|undeliver|was rejected|bounced|returned))/,
	/^you .{1,100} are not (?:a )?member|^(?:not member|ignored not plain text|rejected?) (?:article|mail|message)|^message .{0,60}frozen|postmaster notify: see transcript|\bndn: |mail delivery (?:system|subsystem)|delivery status notification|considered unsolicited bulk|banned contents from you|virus .{0,60}(?:from you|found in)/,
	/^(?:onzustelbaar|niet (?:be)?zorgbaar|unzustellbar|nicht zustellbar|nachricht .{0,40}nicht zugestellt|zustellung|fehler bei der|message non distribuable|non remis|non distribuable|échec de|echec de|avis de non[- ]remise|remise|retour|no se puede entregar|no entregad|error en la entrega|devoluci|não foi possível entregar|não entregue|falha (?:na|de) entrega|mensagem (?:não|devolvida)|correio devolvido|impossibile recapitare|non recapitabile|mancato recapito|messaggio non|ulevererbar|kan (?:ikke|inte) leveres?|olevererbart|ikke levert|toimitus|niedostarczon|niedoręczon|nie można dostarczyć|nedoručiteln|kézbesíthetetlen|teslim edilemedi|недоставлен|недоставленное|не доставлен|ваше сообщение не доставлено|сообщение не доставлено|ошибка доставки|не удалось доставить|возврат|配信不能|配信できません|送信(?:できません|エラー|失敗)|エラーメール|不達|返送|退信|系统退信|无法投递|投递失败|未传递|無法傳遞|退回|배달되지|반송|전송 실패)/,
]

/** What non-delivery reports say in their first lines. */
export const bounceTexts: readonly RegExp[] = [
	/(?:could|can|was|were|has|have)(?: ?not|n't) (?:be |been )?(?:able to )?(?:be )?deliver/,
	/(?:unable|failed|not able|impossible) to (?:be )?(?:deliver|send)|(?:delivery|transmission|sending) (?:to .{0,160} )?(?:has |have )?(?:permanently )?(?:failed|aborted|unsuccessful|was aborted)|delivery (?:failure|error|problem|attempts? failed)|undeliver(?:able|ed)|non-?delivery/,
	/(?:did|does|do|has|have) not (?:been )?(?:reach|receive|delivered)|(?:was|is|were|been) (?:rejected|returned|refused|bounced)|returned to (?:the )?sender|(?:permanent|fatal|delivery) (?:fatal )?errors?|(?:had|encountered) (?:delivery )?(?:problems|errors)|failed (?:recipients?|addresses|permanently)|message (?:was )?not delivered|error(?:s)? (?:occurred )?(?:while|when|in) (?:trying to )?(?:deliver|send)|error message below|failure reasons|transcript of (?:the )?session|mail delivery (?:failed|failure)|unsent message|(?:problems?|trouble) (?:delivering|sending)|error(?:s)? sending/,
	/nicht (?:zugestellt|zustellbar|ausgeliefert)|n'a (?:pas )?pu (?:être|etre) (?:remis|distribu|délivr|livr)|non (?:remis|distribu|délivr)|impossible de (?:remettre|livrer|délivrer)|no (?:se )?(?:ha )?(?:podido|pudo|puede) (?:ser )?entreg|não (?:pôde|pode|foi possível) (?:ser )?entreg|non (?:è stato|può essere|e' stato) (?:possibile )?(?:recapitat|consegnat)|niet (?:worden )?(?:bezorgd|afgeleverd)|kunde inte levereras|kunne ikke leveres|nie (?:mogła|można|została?) (?:zostać )?(?:dostarcz|doręcz)|nelze doručit|nebyla doručena/,
	/не (?:может быть |было |был[аои]? |удалось )?(?:доставлен|отправлен|доставить)|(?:送信|配信|配送|お届け)(?:に失敗|(?:が)?でき(?:ません|なかった))|届けられません|送信不能|送れません|エラーのため|(?:无法|未能|不能)(?:投递|送达|发送|递送)|投递失败|退信|無法(?:傳送|傳遞|投遞)|배달(?:되지|할 수 없)|전송(?:되지|할 수 없|에 실패)/,
	/may not (?:exist|have permission)|存在しない|γραμματοκιβ|δεν (?:ήταν δυνατή|παραδόθηκε)|teslim edilemedi|kézbesíteni/,
]

/** Names that mail systems give themselves in From. */
export const systemNames =
	/mail(?:er)?[-_. ]?daemon|mail delivery|delivery (?:sub)?system|mail ?(?:system|administrator|server|admin)|system administrator|post ?master|mdaemon|returned mail|mail deliver system|delivery (?:notification|service|report)|content[- ]filter|internet mail|smtp(?: server| gateway)|bounce/

/** A delay that ends by itself (RFC 3464 §2.3.3 “delayed”), as Exim, sendmail, Gmail, Zoho, Exchange and MessagingServer word it. */
export const delayNotices: readonly RegExp[] = [
	/(?:this is a )?warning message only|only a notification about a delay|(?:is )?only a temporary failure report|has not yet been delivered|not yet been delivered to|delivery attempts will continue|will (?:continue|keep) (?:on )?(?:trying|retry|to try|attempting)|will be (?:retried|attempted)(?: again)? (?:for|until|every)|delay reason|still (?:undelivered|being processed) after|has been delayed|is delayed for more than|you do not need to re-?send|no need to re-?send|has been frozen|was frozen on arrival|(?:have|has) yet to be delivered|delivery (?:is|has been|was) (?:temporarily )?delayed|delivery delayed/,
	/wurde (?:noch )?nicht zugestellt.{0,200}weiter|verzögert|a été (?:retardé|différé)|retrasad|in ritardo|задержан|配送が遅れ|遅延/,
]

/** Subjects of such notices. */
export const delaySubjects =
	/^(?:warning: (?:could not send|message)|delayed|delivery (?:status notification )?\(?(?:mail delivery )?delay|.{0,60}\((?:mail delivery )?delay(?:ed)?\)|delivery status notification: delayed|.{0,40}delivery delayed|warning: message .{0,60}delayed)/

/** Delivery reports of success, as Postfix, sendmail, Exchange and MessagingServer word them. */
export const deliveredNotices =
	/(?:was|were|has been|have been) successfully (?:delivered|relayed)|successfully delivered to|enclosed is the mail delivery report that you requested|has been (?:successfully )?delivered to the following|message was delivered to the following recipient|your message has been (?:delivered|relayed) to/

/** Subjects of automatic answers of persons and desks, at the beginning. */
export const autoReplySubjects: readonly RegExp[] = [
	/^(?:re: ?|aw: ?|sv: ?|fwd?: ?|\[.{0,30}\] ?)*(?:auto(?:matic|mated|matisch\w{0,3}|matisk\w{0,2})?[-: ]*(?:reply|response|respuesta|antwort|antwoord|svar|responder|acknowledg\w{0,8}|abwesenheit\w{0,10}|notification of absence)|auto: ?|autoreply|autoresponder?|out[- ]of[- ](?:the )?office|out of town|ooo[: ]|away from|vacation|on vacation|on (?:annual )?leave|holiday|maternity leave|i am (?:out|away|on)|i'm (?:out|away|on)|thank you for (?:your|contacting)|thanks for (?:your|contacting)|we (?:have )?received your|your (?:request|inquiry|enquiry|message|e-?mail) (?:has been|was) received|ticket (?:received|created)|\[?ticket ?#|case ?#|acknowledg)/,
	/^(?:re: ?|aw: ?|tr: ?|rv: ?)*(?:abwesenheit|abwesend|ich bin|automatische|réponse automatique|reponse automatique|absence|absent|hors du bureau|en congé|respuesta autom|fuera de (?:la )?oficina|ausencia|resposta autom|fora do escritório|ausente|risposta automatica|fuori ufficio|assente|automatisch antwoord|afwezig|autosvar|automatiskt svar|frånvar|fravær|poissa|automaattinen|odpowiedź automatyczna|nieobecn|automatická odpověď|automatikus válasz|otomatik yanıt|автоответ|автоматический ответ|нет на месте|в отпуске|自動(?:返信|応答)|不在|自动(?:回复|答复|应答)|自動回覆|외출|부재중|자동 ?(?:회신|응답|답장))/,
	/(?:out of (?:the )?office|automatic reply|auto-?reply|autoresponse|自動返信|自动回复|réponse automatique|abwesenheitsnotiz|vacation reply)/,
]

/** Challenges of systems that want a sender to prove to be a person: TMDA, BoxTrapper, Spam Arrest, Earthlink, Active Spam Killer. */
export const challengeTexts =
	/(?:please )?(?:confirm|verify) (?:your|that your|the) (?:message|e-?mail|mail|identity|request)|(?:requires|needs|awaiting|waiting for) (?:sender )?(?:verification|confirmation|authentication)|spam ?arrest|boxtrapper|challenge[- ]?response|tmda|approve(?:d)? sender|(?:click|follow) (?:on )?(?:the|this) link .{0,60}(?:deliver|allow|approve|verify)|reply to this (?:message|e-?mail) .{0,80}(?:deliver|confirm|white ?list)|antispam[- ]confirmation/

/** What automatic answers say where their header is silent. */
export const autoReplyTexts =
	/\b(?:i am|i'm|i will be|we are|currently) (?:currently |now )?(?:out of (?:the |my )?office|away from (?:the |my )?(?:office|desk|e-?mail|mail)|on (?:vacation|holiday|annual leave|maternity leave|leave|business trip)|travell?ing)|this is an auto(?:matic|mated)?[- ]?(?:reply|response|responder|answer)|auto(?:matic)?[- ]?(?:reply|responder) (?:message|service)|(?:ich bin|wir sind) .{0,60}(?:nicht (?:im büro|erreichbar|im hause)|abwesend|urlaub)|je suis (?:absent|en congé|en vacances|en déplacement)|estoy (?:fuera|de vacaciones|ausente)|estou (?:fora|de férias|ausente)|sono (?:assente|in ferie|fuori)|ik ben .{0,40}(?:afwezig|niet aanwezig|met vakantie)|я (?:в отпуске|отсутствую|нахожусь)|это автоматический ответ|(?:このメール|本メール)は自動(?:返信|送信|応答|配信)|不在に(?:して|いた)|休暇(?:中|を)|我(?:正在|现在|目前)?(?:休假|外出|不在)|您的(?:邮件|来信)(?:已|我已)(?:收到|经收到)/
