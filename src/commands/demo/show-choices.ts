import type { DemoReport } from './demo-report.ts'
import type { DemoVisitor } from './demo-visitor.ts'

type Staff = {
	// biome-ignore lint/suspicious/noExplicitAny: the demo reads a field or two of each answer
	post(path: string, body: object): Promise<any>
}

type Parts = {
	slug: string
	staff: Staff
	visitor: DemoVisitor
	report: DemoReport
	/** Triggers a digest of a kind and waits until it is sent. */
	send(kind: 'each' | 'round_up'): Promise<void>
	/** Who chooses one topic, and who wants the round-up. */
	readers: { oneTopic: string; roundUp: string }
}

/** One reader chooses a topic, another the round-up, each on the page behind the link of a digest. */
export async function showChoices({ slug, staff, visitor, report, send, readers }: Parts): Promise<void> {
	report.say('\nReaders decide what they get')
	const path = `/newsletters/${slug}`
	await staff.post(`${path}/topics`, { slug: 'water', texts: { en: { name: 'Water' }, fr: { name: 'Eau' } } })
	await staff.post(`${path}/topics`, {
		slug: 'learning',
		texts: { en: { name: 'Learning' }, fr: { name: 'Apprendre' } },
	})
	const offered = ['water', 'learning']
	await choose(visitor, report, readers.oneTopic, { offered, topics: ['water'], language: ['fr'] })
	const all = { offered, topics: offered, new_topics: ['yes'] }
	await choose(visitor, report, readers.roundUp, { ...all, rhythm: ['round_up'] })

	const write = (topic: string, locale: string, title: string) =>
		staff.post(`${path}/stories`, { locale, title, topics: [topic] })
	await write('water', 'fr', 'Le puits de Fissel a un toit')
	await write('learning', 'fr', 'Des devoirs à la lampe solaire')
	await write('learning', 'en', 'Homework by the light of the sun')
	const before = visitor.mailFor(readers.roundUp).length
	await send('each')
	const digest = await visitor.mailFor(readers.oneTopic)[0]?.parse()
	const isJustThat = digest?.text.includes('puits de Fissel') && !digest.text.includes('lampe solaire')
	report.step(`${readers.oneTopic}: water, in French`, digest?.subject ?? 'nothing', Boolean(isJustThat))
	const waits = visitor.mailFor(readers.roundUp).length === before
	report.step(`${readers.roundUp} waits for the round-up`, waits ? 'got nothing' : 'got a digest', waits)

	await send('round_up')
	const roundUp = await visitor.mailFor(readers.roundUp)[0]?.parse()
	const isRoundUp = roundUp?.text.includes('Homework by the light') && roundUp.subject.includes('round-up')
	report.step(`${readers.roundUp}, in one mail`, roundUp?.subject ?? 'nothing', Boolean(isRoundUp))
}

async function choose(
	visitor: DemoVisitor,
	report: DemoReport,
	email: string,
	fields: Record<string, readonly string[]>,
): Promise<void> {
	const link = await visitor.findLink(email, '/preferences/')
	const looked = await visitor.open(link)
	const saved = await visitor.fill(link, fields)
	const ok = looked.status === 200 && saved.status === 200
	report.step(`${email} saves choices`, `page ${looked.status}, button ${saved.status}`, ok)
}
