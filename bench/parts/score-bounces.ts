import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Report, readReport } from '../../src/bounces/index.ts'

/** How real reports are labelled: the truth of `../shared/corpora/bounces`. */
export type LabelledMail = {
	file: string
	raw: Buffer
	kind: 'bounce' | 'feedback' | 'delivered' | 'none'
	events: ReadonlyArray<{ status: string; reply: string; hard: boolean; fbtype: string }>
	/** Each a list of spellings that are right; empty where the truth is not known. */
	recipients: ReadonlyArray<readonly string[]>
}

/** A share: how many of how many, and which files were wrong. */
export type Score = { name: string; right: number; of: number; wrong: string[] }

const folder = fileURLToPath(new URL('../../../shared/corpora/bounces/', import.meta.url))

export const hasBounceCorpus: boolean = existsSync(`${folder}labels.json`)

export function loadBounceCorpus(): LabelledMail[] {
	const labels: Array<Omit<LabelledMail, 'raw'>> = JSON.parse(readFileSync(`${folder}labels.json`, 'utf8'))
	return labels.map((label) => ({ ...label, raw: readFileSync(`${folder}mail/${label.file}`) }))
}

/** Reads all mails and compares with their labels. Events are compared with the recipients in their order. */
export function scoreBounces(mails: readonly LabelledMail[]): Score[] {
	const read = mails.map((mail) => ({ mail, report: readReport(mail.raw) }))
	const bounces = read.filter(({ mail }) => mail.kind === 'bounce')
	const events = bounces.flatMap(({ mail, report }) =>
		mail.events.map((event, index) => ({
			mail,
			event,
			found: report.recipients[index] ?? report.recipients[0],
		})),
	)
	const withDigit = events.filter(({ event }) => event.status !== '' || event.reply !== '')
	return [
		share('some recipient found', bounces, ({ report }) => report.recipients.length > 0),
		share(
			'the right recipient',
			bounces.filter(({ mail }) => mail.recipients.length > 0),
			({ mail, report }) => mail.recipients.every((spellings) => names(report, spellings)),
		),
		share('hard or soft as labelled', events, ({ event, found }) => found?.hard === event.hard),
		share(
			'4xx or 5xx as labelled',
			withDigit,
			({ event, found }) => found?.status[0] === (event.status || event.reply)[0],
		),
		share(
			'complaints with a report part',
			read.filter(({ mail }) => mail.kind === 'feedback' && mail.raw.includes('message/feedback-report')),
			({ mail, report }) => report.kind === 'complaint' && report.feedbackType === mail.events[0]?.fbtype,
		),
		share(
			'no bounce, left alone',
			read.filter(({ mail }) => mail.kind === 'none' || mail.kind === 'delivered'),
			({ mail, report }) =>
				mail.kind === 'delivered' ? report.kind === 'delivered' : report.kind !== 'bounce',
		),
	]
}

function names(report: Report, spellings: readonly string[]): boolean {
	return report.recipients.some(({ address }) =>
		spellings.some((spelling) => spelling.toLowerCase() === address.toLowerCase()),
	)
}

function share<Item extends { mail: LabelledMail }>(
	name: string,
	items: readonly Item[],
	isRight: (item: Item) => boolean,
): Score {
	const wrong = items.filter((item) => !isRight(item)).map(({ mail }) => mail.file)
	return { name, right: items.length - wrong.length, of: items.length, wrong }
}
