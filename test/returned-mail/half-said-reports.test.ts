import { describe, expect, it } from 'vitest'
import { type Report, readReport } from '../../src/bounces/index.ts'

const daemon = 'Mail Delivery System <MAILER-DAEMON@mx.example.net>'

function read(head: string, body: string): Report {
	return readReport(Buffer.from(`To: <bounces+t@news.example.org>\n${head}\n\n${body}`))
}

function dsn(
	text: string,
	fields: string,
	from = daemon,
	subject = 'Undelivered Mail Returned to Sender',
): Report {
	return read(
		`Return-Path: <>\nFrom: ${from}\nSubject: ${subject}\nContent-Type: multipart/report; report-type=delivery-status; boundary=b`,
		`--b\nContent-Type: text/plain; charset=utf-8\n\n${text}\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n${fields}\n\n--b--\n`,
	)
}

const who = 'Final-Recipient: rfc822; reader@example.net'

function verdicts({ kind, recipients }: Report): unknown[] {
	return [kind, ...recipients.map(({ class: is, hard }) => `${is}${hard ? ', hard' : ''}`)]
}

describe('a status that is weaker or stronger than it looks', () => {
	it.each([
		'This email has been scanned for spam and viruses by Proofpoint Essentials.',
		'This message has been scanned for viruses and\ndangerous content by MailScanner, and is\nbelieved to be clean.',
		'______________\nThis email has been scanned by the Symantec Email Security.cloud service.\nFor more information please visit http://www.symanteccloud.com',
		'Scanned by Barracuda for virus and spam',
		'Ce message a été vérifié par un logiciel antivirus Avast. www.avast.com',
		'Diese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.',
	])('says nothing by a footer: %s', (footer) => {
		const fields = `${who}\nAction: failed\nStatus: 5.1.1`
		const own = 'Your message could not be delivered: the recipient was not accepted.'
		expect(verdicts(dsn(`${own}\n\n${footer}`, fields))).toEqual(['bounce', 'address, hard'])
		const quoted = `${fields}\nDiagnostic-Code: smtp; 550 5.1.1 User unknown. ${footer.replace(/\s+/g, ' ')}`
		expect(verdicts(dsn(own, quoted))).toEqual(['bounce', 'address, hard'])
	})

	it.each([
		['550 5.1.1 <reader@example.net>: Recipient address rejected: User unknown', 'address, hard'],
		['552 5.2.2 <reader@example.net>: Mailbox is full', 'mailbox-full'],
		['550 5.7.26 unauthenticated mail is refused', 'sender'],
		['550 5.7.1 refused', 'policy'],
	])('is the precise one of the prose where the field says 5.0.0 (OpenSMTPD): %s', (reply, is) => {
		const prose = `Hi!\n\nThis is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\nAn error has occurred while attempting to deliver a message for\nthe following list of recipients:\n\nreader@example.net: ${reply}\n\n`
		expect(verdicts(dsn(prose, `${who}\nAction: failed\nStatus: 5.0.0`))).toEqual(['bounce', is])
		const quoted = `${who}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; ${reply}`
		expect(verdicts(dsn('', quoted))).toEqual(['bounce', is])
	})
})

describe('what qmail adds to a reply', () => {
	const notice = (said: string) =>
		read(
			'Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: failure notice',
			`Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<reader@example.net>:\n${said}\n`,
		)

	it('makes no reason of its own for one that can’t be understood', () => {
		for (const end of ['Giving up on 192.0.2.9.', 'Giving up.', '']) {
			const said = `192.0.2.9 does not like recipient.\nRemote host said: 550 xyzzy 42\n${end}`
			expect(verdicts(notice(said))).toEqual(['bounce', 'unknown'])
		}
	})

	it('tells whom a reply is about', () => {
		const of = (but: string, reply: string) => verdicts(notice(`${but}\nRemote host said: ${reply}`))
		expect(of('Connected to 192.0.2.9 but my name was rejected.', '501 Invalid domain name')).toEqual([
			'bounce',
			'sender',
		])
		expect(of('192.0.2.9 failed after I sent the message.', '554 Invalid IP for sending mail')).toEqual([
			'bounce',
			'sender',
		])
		expect(of('192.0.2.9 does not like recipient.', '550 user unknown')).toEqual(['bounce', 'address, hard'])
	})
})

describe('a report that leaves something out', () => {
	it.each(['rfc822;', 'rfc822; undisclosed', 'unknown; (none)', 'x-local; 4711'])(
		'is a bounce though its recipient can’t be read, for our token names it: %s',
		(recipient) => {
			const report = dsn('', `Final-Recipient: ${recipient}\nAction: failed\nStatus: 5.1.1`)
			expect(report.kind).toBe('bounce')
		},
	)

	it('tells by its Diagnostic-Code alone', () => {
		const of = (diagnostic: string) => verdicts(dsn('', `${who}\nDiagnostic-Code: ${diagnostic}`))
		expect(of('smtp; 552 quota exceeded')).toEqual(['bounce', 'mailbox-full'])
		expect(of('smtp; 550 5.1.1 User unknown')).toEqual(['bounce', 'address, hard'])
		expect(of('X-Unix; mailbox is full')).toEqual(['bounce', 'mailbox-full'])
		expect(of('smtp; 250 2.0.0 Ok: queued')).toEqual(['delivered', 'unknown'])
		const late = `${who}\nDiagnostic-Code: smtp; 451 try later`
		expect(verdicts(dsn('', late, daemon, 'Warning: message delayed 4 hours'))).toEqual(['none', 'temporary'])
	})

	it('can be stored though a NUL stands in it', () => {
		const report = dsn(
			'a\0b',
			`${who}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\0 user \ud800`,
		)
		const { returned: _, ...identifiers } = report.identifiers
		const kept = JSON.stringify([report.recipients, identifiers])
		expect(kept).not.toMatch(/\\u0000|\\ud8/)
		expect(report.recipients[0]?.diagnostic).toContain('no\ufffd user')
	})
})

describe('a transcript of sendmail, which pipelines', () => {
	const transcript = (answers: string) =>
		`   ----- The following addresses had permanent fatal errors -----\n<a@example.net>\n<b@example.net>\n\n   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n${answers}\n`
	const fields = (a: string, b: string) =>
		[`Final-Recipient: rfc822; a@example.net\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; ${a}`]
			.concat(
				b
					? `Final-Recipient: rfc822; b@example.net\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; ${b}`
					: [],
			)
			.join('\n\n')

	it('has the answers of two recipients after >>> DATA', () => {
		const text = transcript(
			'>>> DATA\n<<< 550 <a@example.net>... User unknown\n<<< 550 <b@example.net>... User unknown\n<<< 503 Need RCPT (recipient)',
		)
		const report = dsn(
			text,
			fields('550 <a@example.net>... User unknown', '550 <b@example.net>... User unknown'),
		)
		expect(verdicts(report)).toEqual(['bounce', 'address, hard', 'address, hard'])
	})

	it('has the answer of the one that is refused while another is accepted', () => {
		const text = transcript(
			'>>> DATA\n<<< 550 <a@example.net>... User unknown\n550 5.0.0 <a@example.net>... User unknown\n<<< 354 Enter mail',
		)
		expect(verdicts(dsn(text, fields('550 <a@example.net>... User unknown', '')))).toEqual([
			'bounce',
			'address, hard',
		])
	})

	it('does not take an answer to the message for one to the recipient', () => {
		for (const answers of [
			'>>> DATA\n<<< 550 User unknown',
			'>>> DATA\n<<< 354 go on\n>>> .\n<<< 550 User unknown',
		]) {
			expect(verdicts(dsn(transcript(answers), fields('550 User unknown', '')))).toEqual([
				'bounce',
				'address',
			])
		}
	})
})

describe('a challenge in the form of a report', () => {
	it.each([
		'Your message is on hold. Please prove you are human: https://example.net/c/1',
		'To have your message delivered, click the link below to verify that you are not a robot.',
		'Cliquez sur le lien ci-dessous pour vous authentifier et prouver que vous êtes humain.',
		'Please complete the captcha at https://example.net/ and your mail will be released.',
	])('is no bounce: %s', (text) => {
		expect(verdicts(dsn(text, `${who}\nAction: failed\nStatus: 5.7.1`, 'Guard <guard@example.net>'))).toEqual(
			['auto-reply'],
		)
	})

	it('is one where a server has refused the mail with these words', () => {
		const diagnostic = 'Diagnostic-Code: smtp; 550 5.7.1 prove you are human at https://example.net/'
		expect(dsn('', `${who}\nAction: failed\nStatus: 5.7.1\n${diagnostic}`).kind).toBe('bounce')
	})
})

describe('a notification of Amazon SES in the envelope of SNS', () => {
	const inner = JSON.stringify({
		notificationType: 'Bounce',
		bounce: {
			bounceType: 'Permanent',
			bounceSubType: 'General',
			bouncedRecipients: [{ emailAddress: 'reader@example.net' }],
		},
		mail: { messageId: 'm', headers: [{ name: 'Message-ID', value: '<1.2@news.example.org>' }] },
	})
	const outer = JSON.stringify(
		{ Type: 'Notification', MessageId: 'x', TopicArn: 'arn:x', Message: inner },
		null,
		2,
	)

	it.each([
		['as it is', outer],
		['with the text of SNS below', `${outer}\n\n--\nIf you wish to stop receiving notifications …`],
		['broken by a relay', JSON.stringify(JSON.parse(outer)).replace(/(.{200})/g, '$1!\n ')],
	])('is read %s', (_, body) => {
		const report = read('From: AWS <no-reply@sns.amazonaws.example>\nSubject: AWS Notification Message', body)
		expect(verdicts(report)).toEqual(['bounce', 'address, hard'])
		expect(report.identifiers.messageIds).toEqual(['1.2@news.example.org'])
	})
})

describe('a French notice of an ordinary sender', () => {
	const from = (name: string) =>
		`From: ${name} <service@example.fr>\nReturn-Path: <service@example.fr>\nContent-Type: text/plain; charset=utf-8`
	it.each([
		[
			'Message non distribué',
			"Votre message n'a pas pu être remis à <reader@example.fr> : utilisateur inconnu.",
			'address',
		],
		[
			'Non remis : Nouvelles',
			"Échec de la remise à ces destinataires :\n\nreader@example.fr\nL'adresse de messagerie est introuvable.",
			'address',
		],
		[
			'Échec de distribution',
			'Le message n’a pas été délivré au destinataire suivant :\n\n<reader@example.fr>: la boîte aux lettres est pleine',
			'mailbox-full',
		],
		[
			'Echec de remise de votre message',
			'La remise a echoue pour reader@example.fr\nRaison : quota depasse',
			'mailbox-full',
		],
		[
			'Avis de non-remise',
			'Impossible de remettre le message à reader@example.fr.\nLe compte est désactivé.',
			'temporary',
		],
		[
			'Rapport de non-remise',
			'Votre courriel a été refusé : reader@example.fr\n550 5.7.1 message considéré comme spam',
			'content',
		],
		[
			"Retour à l'expéditeur",
			"Votre courriel n'est pas parvenu à reader@example.fr : votre serveur est sur une liste noire",
			'sender',
		],
		[
			'Courrier non distribué',
			"Nous n'avons pas pu acheminer votre message à reader@example.fr car le destinataire n'existe pas",
			'address',
		],
	])('is a bounce: %s', (subject, text, is) => {
		const report = read(
			`${from('Messagerie')}\nSubject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
			text,
		)
		expect([report.kind, report.recipients[0]?.address, report.recipients[0]?.class]).toEqual([
			'bounce',
			'reader@example.fr',
			is,
		])
	})

	it('is none where a person is away or answers', () => {
		for (const [subject, text] of [
			['Réponse automatique : Nouvelles', 'Je suis absent du bureau.'],
			['Absence', "Je suis en congé, votre message n'a pas été lu."],
			['Re: Nouvelles', 'Merci, cette adresse est la bonne. Le compte est fermé le lundi.'],
		]) {
			expect(read(`${from('Jeanne')}\nSubject: ${subject}`, text ?? '').kind).not.toBe('bounce')
		}
	})
})
