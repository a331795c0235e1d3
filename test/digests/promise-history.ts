import { sql } from 'kysely'
import { planDigest } from '../../src/deliveries/index.ts'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import {
	type Rhythm,
	rhythms,
	type StoryOrder,
	type UntranslatedRule,
} from '../../src/kernel/enumerations.ts'
import { changeNewsletter, getNewsletter } from '../../src/newsletters/index.ts'
import { giveTopics, makeChoices, makeTopic, pauseReader } from '../support/make-choices.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import type { TestApp } from '../support/start-test-app.ts'
import {
	type Choices,
	isForReader,
	type ModelReader,
	type ModelStory,
	pick,
	type Rules,
} from './promise-model.ts'
import { findMisplaced, moveBack, moveReader } from './promise-moves.ts'

export type Step =
	| { kind: 'publish'; locale: string; topics: string[] }
	| { kind: 'translate' | 'hide' | 'plan' | 'pause' | 'resume'; which: number }
	| { kind: 'edit'; which: number; topics: string[] }
	| { kind: 'trigger' | 'trigger_round_up' | 'offer_or_end' }
	| { kind: 'wait'; days: number }
	| { kind: 'trigger_chosen'; stories: number[] }
	| { kind: 'choose'; which: number; choices: Choices }
	| { kind: 'join'; choices: Choices | null }
	| { kind: 'move'; which: number; to: number | null }
	| { kind: 'move_back'; which: number; from: number }

const maxAgeDays = 20
/** A round-up looks back over a month at least. */
const roundUpAgeDays = 28
const limit = 3
const roundUp = { cron: '0 8 1 * *', timeZone: 'UTC', storyLimit: 4 }
const farAway = new Date('2900-01-01')
const foreverMs = 900 * 86_400_000

/** One history in the real database, and beside it a plain model of who may get what. */
export class History {
	/** Sentences that say which promise was broken. */
	readonly broken: string[] = []
	private readonly stories: ModelStory[] = []
	private readonly readers: ModelReader[] = []
	private readonly waiting: Array<{ digestId: number; kind: Rhythm; stories: ModelStory[] }> = []
	private readonly app: TestApp
	private readonly newsletterId: number
	private readonly topicIds: ReadonlyMap<string, number>
	private readonly rules: Rules
	/** Whether the newsletter has a round-up now. */
	private hasRoundUp = true

	private constructor(
		app: TestApp,
		newsletterId: number,
		rules: Rules,
		topicIds: ReadonlyMap<string, number>,
	) {
		// only what is stored counts here
		const renderMail = async () => ({ subject: 's', preheader: 'p', html: '<p>', text: 't' })
		this.app = { ...app, renderMail, jobs: { ...app.jobs, enqueue: async () => {} } } as TestApp
		this.newsletterId = newsletterId
		this.rules = rules
		this.topicIds = topicIds
	}

	/** Begins in the past, so that what the database calls now is later than all of it. */
	static async begin(
		app: TestApp,
		{ untranslated, storyOrder }: { untranslated: UntranslatedRule; storyOrder: StoryOrder },
	): Promise<History> {
		app.clock.set(new Date(Date.now() - foreverMs))
		const own = { untranslated, storyOrder, storyLimit: limit, storyMaxAgeDays: maxAgeDays, roundUp }
		const { id } = await makeNewsletter(app, own)
		const topicIds = new Map<string, number>()
		for (const slug of ['water', 'schools', 'health']) topicIds.set(slug, await makeTopic(app, id, slug))
		const history = new History(app, id, { untranslated, maxAgeDays }, topicIds)
		for (let count = 0; count < 4; count++) await history.join(null)
		return history
	}

	async take(step: Step): Promise<void> {
		this.app.clock.advance({ hours: 3 })
		switch (step.kind) {
			case 'publish':
				return this.publish(step)
			case 'translate':
				return this.translate(pick(this.stories, step.which))
			case 'hide':
				return this.hide(pick(this.stories, step.which))
			case 'edit':
				return this.edit(pick(this.stories, step.which), step.topics)
			case 'trigger':
				return this.trigger('each')
			case 'trigger_round_up':
				return this.trigger('round_up')
			case 'offer_or_end':
				return this.offerOrEnd()
			case 'trigger_chosen':
				return this.trigger(
					'each',
					step.stories.flatMap((which) => pick(this.stories, which)?.id ?? []),
				)
			case 'plan':
				return this.plan(step.which)
			case 'choose':
				return this.choose(pick(this.active(), step.which), step.choices)
			case 'pause':
				return this.pause(pick(this.active(), step.which), true)
			case 'resume':
				return this.pause(pick(this.active(), step.which), false)
			case 'join':
				return this.join(step.choices)
			case 'move':
				return moveReader(this.app, this.active(), step)
			case 'move_back':
				return moveBack(this.app, this.readers, step)
			case 'wait':
				this.app.clock.advance({ days: step.days })
		}
	}

	/** Plans and triggers until nothing is left; after that no reader may lack a story. */
	async sendWhatIsLeft(): Promise<void> {
		for (let rounds = 0; rounds < 40; rounds++) {
			while (this.waiting.length > 0) await this.plan(0)
			for (const kind of rhythms) await this.trigger(kind)
			if (this.waiting.length === 0) break
		}
		this.broken.push(...(await findMisplaced(this.app, this.readers)))
		for (const reader of this.active()) {
			if (reader.isPaused) continue
			for (const story of this.stories) {
				if (this.firstOf(story) < reader.joined || reader.had.has(story.group)) continue
				if (this.isFor(story, reader)) this.broken.push(`(3) ${reader.id} lacks story ${story.id}`)
			}
		}
	}

	private active(): ModelReader[] {
		return this.readers.filter(({ hasEnded }) => !hasEnded)
	}

	private rhythmOf({ choices }: ModelReader): Rhythm {
		return this.hasRoundUp ? choices.rhythm : 'each'
	}

	private async offerOrEnd() {
		this.hasRoundUp = !this.hasRoundUp
		const { slug } = await getNewsletter(this.app, { id: this.newsletterId })
		await changeNewsletter(this.app, slug, { roundUp: this.hasRoundUp ? roundUp : null }, operator)
	}

	/** When the first language of a story was published. */
	private firstOf({ group }: ModelStory): Date {
		const all = this.stories.filter((story) => story.group === group).map(({ published }) => published)
		return new Date(Math.min(...all.map(Number)))
	}

	private isFor(story: ModelStory, reader: ModelReader): boolean {
		const isRoundUp = this.rhythmOf(reader) === 'round_up'
		const rules = { ...this.rules, maxAgeDays: isRoundUp ? roundUpAgeDays : maxAgeDays }
		return isForReader(story, reader, { all: this.stories, now: this.app.clock.now(), rules })
	}

	private async publish({ locale, topics }: { locale: string; topics: string[] }, original?: ModelStory) {
		const { app, newsletterId } = this
		const translationGroup = original && { translationGroup: original.group }
		const id = await makeStory(app, newsletterId, { locale, hoursAgo: 0, ...translationGroup })
		await giveTopics(app, id, topics)
		const published = app.clock.now()
		this.stories.push({ id, group: original?.group ?? id, locale, topics, published, hidden: false })
	}

	private async translate(original: ModelStory | undefined) {
		if (!original || this.stories.filter(({ group }) => group === original.group).length > 1) return
		await this.app.db
			.updateTable('stories')
			.set({ translation_group: original.group })
			.where('id', '=', original.id)
			.execute()
		await this.publish({ locale: original.locale === 'en' ? 'fr' : 'en', topics: original.topics }, original)
	}

	private async hide(story: ModelStory | undefined) {
		if (!story) return
		story.hidden = true
		const hidden = { hidden_at: this.app.clock.now() }
		await this.app.db.updateTable('stories').set(hidden).where('id', '=', story.id).execute()
	}

	/** Not while a digest waits to be planned: it holds what the story was about when it was triggered. */
	private async edit(story: ModelStory | undefined, topics: string[]) {
		if (!story || this.waiting.length > 0) return
		story.topics = topics
		await giveTopics(this.app, story.id, topics)
	}

	private async trigger(kind: Rhythm, storyIds?: number[]) {
		if (storyIds?.length === 0) return
		const request = { kind, ...(storyIds && { storyIds: [...new Set(storyIds)] }) }
		if (
			kind === 'round_up' &&
			!this.active().some((reader) => this.rhythmOf(reader) === kind && !reader.isPaused)
		)
			return
		const triggered = await triggerDigest(this.app, this.newsletterId, { by: operator, ...request })
		if (triggered.kind !== 'created') return
		this.waiting.push({
			digestId: triggered.digest.id,
			kind,
			stories: this.stories.map((story) => ({ ...story })),
		})
	}

	private async plan(which: number) {
		const digest = pick(this.waiting, which)
		if (!digest) return
		this.waiting.splice(this.waiting.indexOf(digest), 1)
		await planDigest(this.app, digest.digestId)
		for (const [subscriptionId, storyIds] of await this.selectPlanned(digest.digestId)) {
			const reader = this.readers.find(({ id }) => id === subscriptionId)
			if (!reader) throw new Error(`nobody is ${subscriptionId}`)
			this.check(reader, storyIds, digest)
		}
	}

	private check(
		reader: ModelReader,
		storyIds: number[],
		digest: { digestId: number; kind: Rhythm; stories: ModelStory[] },
	) {
		const where = `by digest ${digest.digestId} to ${reader.id}`
		if (storyIds.length === 0) this.broken.push(`(4) nothing ${where}`)
		if (this.rhythmOf(reader) !== digest.kind) this.broken.push(`(2) the other rhythm: ${where}`)
		if (reader.hasEnded) this.broken.push(`(2) after its end: ${where}`)
		if (reader.isPaused) this.broken.push(`(2) while paused: ${where}`)
		for (const id of storyIds) {
			const now = this.stories.find((story) => story.id === id)
			if (!now) throw new Error(`no story ${id}`)
			if (reader.had.has(now.group)) this.broken.push(`(1) story ${id} again ${where}`)
			reader.had.add(now.group)
			const rules = { ...this.rules, maxAgeDays: Number.POSITIVE_INFINITY }
			// as things were when it was triggered, or are now
			const fits = [digest.stories, this.stories].some((all) => {
				const story = all.find((each) => each.id === id)
				return story && isForReader(story, reader, { all, now: this.app.clock.now(), rules })
			})
			if (!fits) this.broken.push(`(2) story ${id} is not for the reader: ${where}`)
		}
	}

	/** The stories of each reader of whom the ledger has a row. */
	private async selectPlanned(digestId: number): Promise<Array<[number, number[]]>> {
		const { rows } = await sql<{ reader: number; story: number | null }>`
			select d.subscription_id::int as reader, s.story_id::int as story
			from deliveries d
			join renditions r on r.id = d.rendition_id
			left join variant_stories s on s.variant_id = r.variant_id
			where d.digest_id = ${digestId}`.execute(this.app.db)
		const byReader = Map.groupBy(rows, ({ reader }) => reader)
		return [...byReader].map(([reader, all]) => [reader, all.flatMap(({ story }) => story ?? [])])
	}

	private async choose(reader: ModelReader | undefined, { topics, newTopics, ...choices }: Choices) {
		if (!reader) return
		reader.choices = { topics, newTopics, ...choices }
		const topicIds = topics?.map((slug) => this.topicIds.get(slug) ?? 0)
		await makeChoices(this.app, reader.id, { ...choices, topicIds, newTopics: newTopics || !topicIds })
	}

	/** A pause ends by itself: nothing is written then. */
	private async pause(reader: ModelReader | undefined, isPaused: boolean) {
		if (!reader || reader.isPaused === isPaused) return
		reader.isPaused = isPaused
		await pauseReader(this.app, reader.id, isPaused ? farAway : this.app.clock.now())
	}

	private async join(choices: Choices | null) {
		const { app, newsletterId, readers } = this
		const locale = choices?.locale ?? (readers.length % 2 === 0 ? 'en' : 'fr')
		const address = `reader${readers.length}.of${newsletterId}@example.net`
		const id = await makeReader(app, newsletterId, { address, locale })
		const usual = { locale, topics: undefined, newTopics: false, untranslated: null, rhythm: 'each' as const }
		readers.push({ id, choices: usual, joined: app.clock.now(), address, ...unmoved() })
		if (choices) await this.choose(readers.at(-1), choices)
	}
}

const unmoved = () => ({ isPaused: false, hasEnded: false, moves: [], had: new Set<number>() })
