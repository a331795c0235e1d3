import { type Selectable, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { Tables } from '../kernel/tables.ts'
import { textDefaultsIn } from './defaults/index.ts'
import {
	type Newsletter,
	type NewsletterText,
	type RoundUp,
	type Schedule,
	slugPattern,
} from './newsletter.ts'

type Row = Selectable<Tables['newsletters']>
type TextRow = Selectable<Tables['newsletter_texts']>

/** What is stored of a newsletter beside its texts. */
export type NewsletterSettings = Omit<Newsletter, 'id' | 'texts'>

/** Gives the new id, or undefined where the slug is taken. */
export async function insertNewsletter(
	db: DatabaseOrTransaction,
	settings: NewsletterSettings,
): Promise<number | undefined> {
	const row = await db
		.insertInto('newsletters')
		.values({ slug: settings.slug, created_at: settings.createdAt, ...toColumns(settings) })
		.onConflict((conflict) => conflict.column('slug').doNothing())
		.returning('id')
		.executeTakeFirst()
	return row?.id
}

export async function updateNewsletter(
	db: DatabaseOrTransaction,
	id: number,
	settings: NewsletterSettings,
): Promise<void> {
	await db.updateTable('newsletters').set(toColumns(settings)).where('id', '=', id).execute()
}

/**
 * Lets one transaction at a time add stories to a newsletter, or choose from them, so that none is taken twice. Sign-ups,
 * which only refer to the row, do not wait.
 */
export async function lockNewsletter(tx: DatabaseOrTransaction, id: number): Promise<void> {
	await tx.selectFrom('newsletters').select('id').where('id', '=', id).forNoKeyUpdate().execute()
}

export async function putText(db: DatabaseOrTransaction, id: number, text: NewsletterText): Promise<void> {
	const columns = {
		name: text.name,
		description: text.description,
		from_name: text.fromName,
		subject_pattern: text.subjectPattern,
		preheader_pattern: text.preheaderPattern,
		round_up_subject_pattern: text.roundUpSubjectPattern,
		consent_wording: text.consentWording,
		consent_version: text.consentVersion,
		thank_you_url: text.thankYouUrl,
	}
	await db
		.insertInto('newsletter_texts')
		.values({ newsletter_id: id, locale: text.locale, ...columns })
		.onConflict((conflict) => conflict.columns(['newsletter_id', 'locale']).doUpdateSet(columns))
		.execute()
}

/** Which ones to read; with `lock`, other transactions that would change them wait. */
export type Wanted = { slug: string; lock?: boolean } | { slugs: readonly string[] } | { id: number } | 'all'

/** Newsletters by slug, with their texts. */
export async function selectNewsletters(db: DatabaseOrTransaction, wanted: Wanted): Promise<Newsletter[]> {
	if (wanted !== 'all' && 'slug' in wanted && !isSlug(wanted.slug)) return []
	let query = db
		.selectFrom('newsletters')
		.selectAll()
		.select((eb) => [
			// with them in one round trip: each page and each sign-up reads a newsletter
			jsonArrayFrom(
				eb
					.selectFrom('newsletter_texts')
					.selectAll()
					.whereRef('newsletter_id', '=', 'newsletters.id')
					.orderBy('locale'),
			).as('texts'),
		])
		.orderBy('slug')
	if (wanted !== 'all') {
		if ('slugs' in wanted)
			query = query.where('slug', '=', sql<string>`any(${wanted.slugs.filter(isSlug)}::text[])`)
		else if ('slug' in wanted) query = query.where('slug', '=', wanted.slug)
		else query = query.where('id', '=', wanted.id)
		if ('lock' in wanted && wanted.lock) query = query.forUpdate()
	}
	return (await query.execute()).map(({ texts, ...row }) => toNewsletter(row, texts))
}

/** PostgreSQL would refuse text that holds U+0000. */
function isSlug(text: string): boolean {
	return slugPattern.test(text)
}

function toColumns(settings: NewsletterSettings) {
	return {
		default_locale: settings.defaultLocale,
		from_address: settings.fromAddress,
		reply_to: settings.replyTo,
		list_id_domain: settings.listIdDomain,
		postal_address: settings.postalAddress,
		contact: settings.contact,
		colour: settings.colour,
		logo_url: settings.logoUrl,
		logo_hash: settings.logo?.hash ?? null,
		logo_width: settings.logo?.width ?? null,
		logo_height: settings.logo?.height ?? null,
		sites: [...settings.sites],
		story_limit: settings.storyLimit,
		story_max_age_days: settings.storyMaxAgeDays,
		story_order: settings.storyOrder,
		untranslated: settings.untranslated,
		schedule_cron: settings.schedule?.cron ?? null,
		schedule_time_zone: settings.schedule?.timeZone ?? null,
		schedule_quiet_from: settings.schedule?.quietHours?.from ?? null,
		schedule_quiet_to: settings.schedule?.quietHours?.to ?? null,
		schedule_misfire_minutes: settings.schedule?.misfireMinutes ?? null,
		schedule_draft_first: settings.schedule?.draftFirst !== undefined,
		schedule_send_at: settings.schedule?.draftFirst?.sendAt ?? null,
		welcome: settings.welcome,
		needs_approval: settings.needsApproval,
		archive: settings.archive,
		signup_asks: [...settings.signupAsks],
		round_up_cron: settings.roundUp?.cron ?? null,
		round_up_time_zone: settings.roundUp?.timeZone ?? null,
		round_up_story_limit: settings.roundUp?.storyLimit ?? null,
		updated_at: settings.updatedAt,
	}
}

function toSchedule(row: Row): Schedule | null {
	const { schedule_cron: cron, schedule_time_zone: timeZone } = row
	if (!cron || !timeZone) return null
	const { schedule_quiet_from: from, schedule_quiet_to: to, schedule_misfire_minutes: misfireMinutes } = row
	return {
		cron,
		timeZone,
		...(from !== null && to !== null && { quietHours: { from, to } }),
		...(misfireMinutes !== null && { misfireMinutes }),
		...(row.schedule_draft_first && { draftFirst: { sendAt: row.schedule_send_at } }),
	}
}

function toRoundUp({
	round_up_cron: cron,
	round_up_time_zone: timeZone,
	round_up_story_limit: storyLimit,
}: Row): RoundUp | null {
	return cron !== null && timeZone !== null && storyLimit !== null ? { cron, timeZone, storyLimit } : null
}

function toLogo({ logo_hash: hash, logo_width: width, logo_height: height }: Row): Newsletter['logo'] {
	return hash !== null && width !== null && height !== null ? { hash, width, height } : null
}

function toNewsletter(row: Row, texts: readonly TextRow[]): Newsletter {
	const isDefault = ({ locale }: TextRow) => Number(locale === row.default_locale)
	return {
		id: row.id,
		slug: row.slug,
		defaultLocale: row.default_locale,
		texts: texts.toSorted((a, b) => isDefault(b) - isDefault(a)).map(toText),
		fromAddress: row.from_address,
		replyTo: row.reply_to,
		postalAddress: row.postal_address,
		contact: row.contact,
		listIdDomain: row.list_id_domain,
		colour: row.colour,
		logoUrl: row.logo_url,
		logo: toLogo(row),
		sites: row.sites,
		storyLimit: row.story_limit,
		storyMaxAgeDays: row.story_max_age_days,
		storyOrder: row.story_order,
		untranslated: row.untranslated,
		schedule: toSchedule(row),
		welcome: row.welcome,
		needsApproval: row.needs_approval,
		archive: row.archive,
		signupAsks: row.signup_asks,
		roundUp: toRoundUp(row),
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	}
}

function toText(row: TextRow): NewsletterText {
	return {
		locale: row.locale,
		name: row.name,
		description: row.description,
		fromName: row.from_name,
		subjectPattern: row.subject_pattern,
		preheaderPattern: row.preheader_pattern,
		roundUpSubjectPattern: row.round_up_subject_pattern ?? textDefaultsIn(row.locale).roundUpSubjectPattern,
		consentWording: row.consent_wording,
		consentVersion: row.consent_version,
		thankYouUrl: row.thank_you_url,
	}
}
