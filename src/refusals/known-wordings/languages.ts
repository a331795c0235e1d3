import type { KnownWordings } from './meaning.ts'

/** The same stems in the languages that mail systems and their administrators write besides English. */
export const languages: readonly KnownWordings[] = [
	{
		system: 'any, in Japanese',
		source:
			'error mails of Japanese providers and of gateways made in Japan (OCN, DTI, So-net, m-FILTER, Active! hunter)',
		replies: {
			'mailbox-full': [
				/(?:メール|受信)?(?:ボックス|容量|ディスク)[^。]{0,30}(?:超過|超え|一杯|いっぱい|満杯|不足|上限)|容量オーバー/,
			],
			disabled: [/(?:利用|使用|サービス)(?:を)?(?:停止|休止|制限)|アカウント[^。]{0,20}(?:停止|無効|ロック)/],
			moved: [/(?:アドレス|宛先)[^。]{0,15}(?:変更|移転)(?:され|しま|にな)/],
			'too-large': [/(?:サイズ|容量|大き)[^。]{0,20}(?:大きすぎ|制限|超え)/],
			'not-authenticated': [/認証[^。]{0,15}(?:失敗|必要|エラー|でき)|送信ドメイン認証/],
			'blocked-sender': [/ブラックリスト|逆引き|送信元[^。]{0,30}(?:拒否|ブロック|制限)/],
			virus: [/ウイルス|ウィルス/],
			spam: [/迷惑メール|スパム/],
			'refused-by-recipient': [/受信(?:者|側)[^。]{0,15}(?:拒否|設定)|受信を?拒否|投稿する権限/],
			'user-unknown': [
				/(?:アドレス|宛先|あて先|宛て先|受信者|ユーザ|アカウント|メールボックス)[^。]{0,20}(?:見つかりません|みつかりません|存在し|ありません|無効|不明|誤り|間違)/,
			],
			'no-such-domain': [
				/(?:ドメイン|ホスト|サーバ)[^。]{0,20}(?:見つかりません|みつかりません|存在し|不明)/,
			],
			unreachable: [/接続(?:でき|に失敗|を拒否)|応答(?:し|が)|サーバ[^。]{0,20}(?:事情|停止|障害)/],
			expired: [/配送(?:期限|を断念|できませんでした)|再送(?:期限|を)|しばらくたってから/],
		},
	},
	{
		system: 'any, in Russian and Ukrainian',
		source: 'error mails of mail.ru, yandex, rambler, i.ua and ukr.net',
		replies: {
			'mailbox-full': [
				/ящик[^.]{0,40}(?:переполнен|заполнен|превы)|превыш[^.]{0,40}(?:квот|объ[её]м|лимит|размер ящика)|скринька[^.]{0,30}переповнен/,
			],
			disabled: [
				/(?:ящик|аккаунт|пользовател|уч[её]тная запись|скринька)[^.]{0,50}(?:заблокирован|отключ|неактив|приостанов|заморож|заблокован)/,
			],
			'too-large': [/(?:размер|объ[её]м) (?:письма|сообщения)[^.]{0,30}превы|слишком больш/],
			'blocked-sender': [/(?:ч[её]рн\S{0,3} списк|ip-?адрес[^.]{0,40}(?:заблокирован|отклон))/],
			rate: [/слишком (?:много|часто)|превышен[^.]{0,30}(?:лимит|количество)/],
			virus: [/вирус/],
			spam: [/спам/],
			'refused-by-recipient': [
				/(?:получател|адресат)[^.]{0,40}(?:запретил|отказал|отклон|не принимает)|недостаточно прав/,
			],
			'user-unknown': [
				/(?:пользовател|получател|адресат|адрес|ящик|уч[её]тн|користувач|одержувач)[^.]{0,60}(?:не найден|не существует|не зарегистрирован|не обнаружен|неизвест|удал[её]н|отсутствует|не знайден|не існує)|(?:такого|такой|нет такого) (?:пользовател|адрес|ящик)|несуществующ|несуществует/,
			],
			'no-such-domain': [
				/(?:домен|сервер|хост)[^.]{0,50}(?:не найден|не существует|не удалось (?:найти|определить))/,
			],
			unreachable: [
				/(?:не удалось|невозможно) (?:установить|соединиться|подключиться)|(?:сервер|хост)[^.]{0,30}(?:недоступен|не отвечает)/,
			],
			policy: [/отклонен|отверг|запрещен/],
			expired: [/истек(?:ло|ла|ли)?[^.]{0,30}(?:время|срок)|в очереди слишком долго/],
		},
	},
	{
		system: 'any, in German',
		source: 'error mails of GMX, WEB.DE, 1&1, T-Online, Freenet and German Exchange servers',
		replies: {
			'mailbox-full': [
				/(?:postfach|mailbox|speicher(?:platz|limit)?|posteingang|konto)[^.]{0,40}(?:voll|überfüllt|ueberfuellt|überschritten|ueberschritten|erschöpft|ausgeschöpft)|kontingent|speichervolumen|zu ?viele (?:mails|nachrichten) auf/,
			],
			disabled: [
				/(?:konto|postfach|account|benutzer|empfänger)[^.]{0,40}(?:gesperrt|deaktiviert|inaktiv|stillgelegt)/,
			],
			moved: [/neue (?:e-?mail-?)?adresse|hat (?:seine|ihre) (?:e-?mail-?)?adresse geändert/],
			'too-large': [/(?:nachricht|mail)[^.]{0,30}(?:zu groß|zu gross)/],
			'not-authenticated': [/authentifizierung/],
			'blocked-sender': [
				/(?:schwarze[nr]? liste|sperrliste|absender[^.]{0,40}(?:abgelehnt|gesperrt|blockiert|verweigert))/,
			],
			rate: [/zu viele/],
			spam: [/unerwünschte (?:e-?mail|nachricht)|spamverdacht/],
			'refused-by-recipient': [/empfänger (?:hat|möchte|akzeptiert|verweigert)|nicht berechtigt/],
			'user-unknown': [
				/(?:empfänger|empfaenger|benutzer|adresse|adressat|postfach|konto|mailadresse)[^.]{0,50}(?:unbekannt|nicht (?:gefunden|bekannt|vorhanden|existier|zustellbar|gültig)|existiert nicht|ungültig|gelöscht)|kein(?:e)? (?:solche[rs]? )?(?:benutzer|empfänger|postfach|adresse)|unbekannte[rs]? (?:empfänger|benutzer|adresse)|ungültige[rs]? (?:empfänger|adresse)/,
			],
			'no-such-domain': [
				/(?:domain|domäne|rechner|server|host)[^.]{0,40}(?:unbekannt|nicht gefunden|existiert nicht|konnte nicht gefunden)/,
			],
			unreachable: [
				/(?:verbindung|server)[^.]{0,40}(?:fehlgeschlagen|abgelehnt|unterbrochen|nicht erreichbar|nicht möglich)/,
			],
			policy: [/richtlinie|abgelehnt|verweigert|zurückgewiesen/],
			system: [/vorübergehend|versuchen sie es (?:später|spaeter)/],
			expired: [/zeitüberschreitung|zustellversuch/],
		},
	},
	{
		system: 'any, in French',
		source: 'error mails of Orange, Free, SFR, La Poste and French Exchange servers',
		replies: {
			'mailbox-full': [
				/(?:boîte|boite|bal|messagerie|mailbox|compte)[^.]{0,50}(?:pleine|saturée?|saturee|plein\b|dépass|depass|remplie?\b)|quota[^.]{0,40}(?:dépass|depass|atteint|plein)|(?:dépass|depass)[^.]{0,40}(?:quota|capacit|espace|taille (?:de|maximale de) (?:la|sa) bo)|(?:espace|capacité)[^.]{0,30}(?:insuffisant|épuis|satur|dépass)|plus (?:assez )?(?:d'espace|de place)/,
			],
			disabled: [
				/(?:compte|boîte|boite|bal|destinataire|utilisateur|adresse)[^.]{0,50}(?:désactiv|desactiv|suspendue?|inactif|inactive|archiv|bloqu[eé]e?\b|verrouill|fermée? temporairement)/,
			],
			moved: [/nouvelle adresse|(?:a|ont) chang\S{1,3} d'adresse/],
			'too-large': [/(?:message|courriel)[^.]{0,30}trop (?:volumineux|gros|grand|long)/],
			'blocked-sender': [
				/liste noire|blacklist|adresse ip[^.]{0,40}(?:bloqu|refus|rejet|interdit|invalide|inconnu)|(?:votre|vos) (?:serveur|domaine|adresse|ip|réseau|reseau|compte|h[oô]te)[^.]{0,40}(?:refus|rejet|interdit|invalide|bloqu|inconnu|introuvable|n'existe|n'est pas|mauvaise)|mauvaise réputation|résolution inverse|(?:expéditeur|expediteur|émetteur|emetteur)[^.]{0,40}(?:refus|rejet|interdit|invalide|bloqu|inconnu)/,
			],
			rate: [/trop de (?:connexion|message|destinataire|requêtes|requetes)|service refus[eé]/],
			spam: [/courrier indésirable|pourriel|indésirable|indesirable|publicité non sollicit|non sollicit/],
			'refused-by-recipient': [
				/(?:destinataire|utilisateur)[^.]{0,30}(?:refuse\b|n'accepte|ne souhaite)|pas (?:autorisé|l'autorisation|le droit)/,
			],
			'user-unknown': [
				/(?:adresse|destinataire|utilisateur|compte|boîte|boite|bal|usager|abonné|correspondant|titulaire)[^.]{0,50}(?:inconnue?|invalide|introuvable|inexistante?|n'existe|n'a jamais existé|n'est (?:pas|plus) (?:valide|reconnu|connu|actif|active|utilis|attribu|en service|r[eé]f[eé]renc)|n'a (?:pas|pu) (?:été|être|ete|etre) (?:trouv|reconnu)|non (?:trouv|reconnu|valide|r[eé]f[eé]renc|r[eé]pertori)|supprim|erron[eé]|r[eé]sili|ferm[eé]|cl[oô]tur)|(?:aucun|aucune|pas d[e']) ?(?:tel(?:le)? )?(?:utilisateur|destinataire|compte|boîte|boite|abonné)|(?:inconnue?|invalide|introuvable) (?:[aà] cette adresse|sur ce serveur|dans l'annuaire)/,
			],
			'no-such-domain': [/(?:domaine|serveur|hôte)[^.]{0,40}(?:inconnu|introuvable|inexistant|n'existe)/],
			unreachable: [
				/connexion[^.]{0,40}(?:refus|impossible|échou|echou|expir|interromp)|(?:serveur|h[oô]te|domaine)[^.]{0,30}(?:injoignable|ne répond|ne repond|indisponible)/,
			],
			policy: [/politique|refus|rejet[eé]|interdit|non autoris|n'est pas autoris/],
			system: [/réessay|reessay|ultérieurement|ulterieurement|temporaire/],
			expired: [
				/délai[^.]{0,30}(?:dépass|expir|écoul)|(?:trop|plusieurs|nombre (?:maximal|maximum) de) tentatives|n'a pu être remis[^.]{0,40}(?:jours|heures)/,
			],
		},
	},
	{
		system: 'any, in Spanish and Portuguese',
		source: 'error mails of Terra, Telefónica, UOL, BOL, Locaweb and Exchange servers in these languages',
		replies: {
			'mailbox-full': [
				/(?:buz[oó]n|casilla|caixa(?: postal| de (?:correio|entrada))?|cuenta|conta)[^.]{0,50}(?:llen[oa]|cheia|lotada|excedi|super[oó]|ultrapass|complet[oa])|(?:cuota|cota|quota|espacio|espaço)[^.]{0,30}(?:exced|super|ultrapass|esgot|agotad)/,
			],
			disabled: [
				/(?:cuenta|conta|usuario|usuário|buz[oó]n|casilla|caixa)[^.]{0,50}(?:desactivad|deshabilitad|suspendid|inativ|inactiv|desativad|bloquead|suspens|expirad)/,
			],
			'too-large': [/(?:mensaje|mensagem|correo)[^.]{0,30}(?:demasiado|muito) grande/],
			'blocked-sender': [
				/lista negra|(?:remitente|remetente)[^.]{0,40}(?:rechazad|rejeitad|bloquead|inv[aá]lid|no (?:existe|permitid))/,
			],
			rate: [/demasiad[oa]s (?:conexiones|mensajes)|muitas (?:conexões|mensagens)/],
			spam: [/correo no deseado|no solicitad|não solicitad/],
			'refused-by-recipient': [
				/(?:destinatari[oa]|usu[aá]rio)[^.]{0,30}(?:rechaz|recus|no acepta|não aceita)|permisos? (?:necesarios )?para (?:publicar|enviar)|permissão para/,
			],
			'user-unknown': [
				/(?:usuario|usuário|destinatario|destinatário|direcci[oó]n|endereço|cuenta|conta|buz[oó]n|casilla)[^.]{0,50}(?:desconocid|desconhecid|inexistente|no (?:existe|encontrad|v[aá]lid|se encuentra|fue encontrad)|não (?:existe|encontrad|foi encontrad|é válid)|inv[aá]lid)|no existe (?:el|la|ese|esa) (?:usuario|cuenta|direcci|buz)/,
			],
			'no-such-domain': [
				/(?:dominio|domínio|servidor|host)[^.]{0,40}(?:desconocid|inexistente|desconhecid|no (?:existe|encontrad)|não (?:existe|encontrad))/,
			],
			unreachable: [
				/(?:conexi[oó]n|conexão)[^.]{0,40}(?:rechazad|recusad|perdid|agotad|expir)|tiempo de espera/,
			],
			policy: [/pol[ií]tica|rechazad|rejeitad|recusad|denegad/],
			system: [/intente (?:de nuevo|más tarde)|tente novamente|temporal(?:mente|mente)?\b|temporári/],
		},
	},
	{
		system: 'any, in Italian',
		source: 'error mails of Tin.it, Libero, Aruba and Italian Exchange servers',
		replies: {
			'mailbox-full': [
				/(?:casella|mailbox|account)[^.]{0,40}(?:pien[ao]|superat|esaurit)|(?:quota|spazio)[^.]{0,30}(?:superat|esaurit)/,
			],
			disabled: [
				/(?:casella|utente|indirizzo|account)[^.]{0,40}(?:disabilitat|sospes|disattivat|inattiv|bloccat)/,
			],
			'blocked-sender': [/lista nera|mittente[^.]{0,40}(?:rifiutat|non (?:valido|autorizzato)|bloccat)/],
			'user-unknown': [
				/(?:utente|destin\S{0,10}|indirizzo|casella|account)[^.]{0,40}(?:sconosciut|inesistente|non (?:esiste|trovat|valid|è stato trovato)|errat)/,
			],
			'no-such-domain': [/(?:dominio|server|host)[^.]{0,40}(?:sconosciut|inesistente|non (?:esiste|trovat))/],
			unreachable: [/connessione[^.]{0,40}(?:rifiutat|scadut|fallit|interrott)/],
			policy: [/rifiutat|respint|non consentit/],
		},
	},
	{
		system: 'any, in Dutch and the languages of Scandinavia',
		source: 'error mails of KPN, Ziggo, Telenet, Telia, Telenor and TDC',
		replies: {
			'mailbox-full': [
				/(?:mailbox|postvak|postbus|brevlåda|postkasse|postboks|inkorg)[^.]{0,40}(?:\bvol\b|overschreden|fuld|fyllt|\bfull\b|överskrid)/,
			],
			disabled: [
				/(?:account|mailbox|konto|postvak)[^.]{0,40}(?:geblokkeerd|uitgeschakeld|opgeheven|spärrad|spærret|sperret|inaktiv)/,
			],
			'user-unknown': [
				/(?:gebruiker|ontvanger|geadresseerde|adres|mailbox|mottagar\w{0,4}|mottaker\w{0,4}|modtager\w{0,4}|användar\w{0,4}|bruker\w{0,4}|adressen)[^.]{0,40}(?:onbekend|bestaat niet|niet (?:gevonden|bekend|geldig)|okänd|finns inte|hittades inte|ukendt|findes ikke|ukjent|finnes ikke)|onbekende (?:gebruiker|ontvanger)|okänd mottagare|ukendt modtager|ukjent mottaker/,
			],
			'no-such-domain': [
				/(?:domein|server|domän|domæne|domene)[^.]{0,40}(?:onbekend|bestaat niet|niet gevonden|finns inte|findes ikke|finnes ikke)/,
			],
			policy: [/geweigerd|avvisad|afvist|avvist/],
		},
	},
	{
		system: 'any, in Polish and Czech',
		source: 'error mails of WP, Onet, Interia, Seznam and Centrum',
		replies: {
			'mailbox-full': [
				/skrzynk\w{1,3}[^.]{0,40}(?:pełn|przepełnion|przekroczon)|schránk\w{1,3}[^.]{0,40}(?:pln|překročen)|przekroczon\w{1,2}[^.]{0,30}(?:limit|pojemno)/,
			],
			disabled: [
				/(?:konto|skrzynk\w{1,3}|schránk\w{1,3}|účet)[^.]{0,40}(?:zablokowan|nieaktywn|zawieszon|zablokován|deaktivov)/,
			],
			'user-unknown': [
				/(?:użytkownik|uzytkownik|odbiorc\w{1,2}|adresat|adres|konto|skrzynka|uživatel|příjemce|adresa|schránka)[^.]{0,40}(?:nieznan|nie istnieje|nie został\w? znalezion|nieprawidłow|neexistuje|nenalezen|neznám)|nie ma takiego (?:użytkownika|konta|adresu)|nie istnieje|brak (?:takiego )?(?:użytkownika|konta)/,
			],
			'no-such-domain': [
				/(?:domena|serwer|doména|server)[^.]{0,40}(?:nie istnieje|nieznan|neexistuje|nenalezen)/,
			],
			spam: [/antyspam/],
			policy: [/odrzucon|odmowa|odmítnut/],
		},
	},
	{
		system: 'any, in Chinese and Korean',
		source: 'error mails of QQ, NetEase (163, 126), Sina, Aliyun, Coremail, Naver and Daum',
		replies: {
			'mailbox-full': [
				/(?:邮箱|郵箱|信箱|邮件箱)[^。]{0,20}(?:已满|已滿|空间不足|空間不足|超出|超过|爆满)|(?:메일함|사서함|용량)[^.]{0,20}(?:초과|가득|부족)/,
			],
			disabled: [
				/(?:账号|帐号|帳號|邮箱|用户)[^。]{0,20}(?:停用|冻结|凍結|禁用|锁定|封禁)|(?:계정|메일함)[^.]{0,20}(?:정지|휴면|잠김|차단)/,
			],
			'too-large': [/邮件(?:大小|过大|太大)|郵件過大/],
			'blocked-sender': [/黑名单|黑名單|ip[^。]{0,20}(?:被拒|拒绝|屏蔽)|발신[^.]{0,20}(?:차단|거부)/],
			rate: [/(?:频率|頻率|连接数|发信量)[^。]{0,20}(?:过高|超|限制)/],
			spam: [/垃圾邮件|垃圾郵件|스팸/],
			'refused-by-recipient': [/(?:收件人|对方|對方)[^。]{0,15}(?:拒收|拒绝|拒絕|屏蔽)|수신[^.]{0,10}거부/],
			'user-unknown': [
				/(?:用户|用戶|使用者|收件人|邮箱|信箱|地址|账号|帐号|帳號|收信人)[^。]{0,20}(?:不存在|未找到|找不到|无效|無效|没有找到|错误|錯誤)|(?:사용자|수신자|수신인|주소|계정|아이디)[^.]{0,20}(?:없|존재하지|찾을 수 없|잘못)/,
			],
			'no-such-domain': [
				/(?:域名|域|服务器)[^。]{0,15}(?:不存在|找不到|无法解析|未找到)|도메인[^.]{0,20}(?:없|찾을 수 없)/,
			],
			unreachable: [
				/(?:连接|連接|連線)[^。]{0,15}(?:超时|逾時|失败|失敗|拒绝)|연결[^.]{0,20}(?:실패|거부|시간)/,
			],
			policy: [/拒绝|拒絕|거부/],
		},
	},
	{
		system: 'any, in Turkish, Greek, Hungarian, Romanian and Finnish',
		source: 'Exchange and Google notices in these languages',
		replies: {
			'mailbox-full': [
				/(?:posta kutusu|gelen kutusu)[^.]{0,30}dolu|γραμματοκιβ\S{1,6}[^.]{0,30}(?:πλήρ|γεμάτ)|postafiók[^.]{0,30}(?:megtelt|tele)|(?:căsuța|casuta)[^.]{0,30}plin|postilaatikko[^.]{0,30}täynnä/,
			],
			'user-unknown': [
				/(?:kullanıcı|alıcı|adres)[^.]{0,30}(?:bulunamadı|geçersiz|bilinmiyor|yok)|(?:χρήστης|παραλήπτης|διεύθυνση)[^.]{0,30}(?:δεν (?:βρέθηκε|υπάρχει)|άγνωστ)|(?:címzett|felhasználó|cím)[^.]{0,30}(?:nem (?:található|létezik)|ismeretlen)|(?:utilizator|destinatar|adres)\S{0,4}[^.]{0,30}(?:necunoscut|nu exist|inexistent)|(?:vastaanottaja|käyttäjä|osoite)\S{0,4}[^.]{0,30}(?:tuntematon|ei (?:löydy|löytynyt|ole))/,
			],
		},
	},
]
