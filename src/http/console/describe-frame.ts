import type { Hold, Installation } from '../../installation/index.ts'
import { type Member, mayDo, maySee } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Database } from '../../kernel/database.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import type { Permission } from '../../kernel/permissions.ts'
import { getNewsletter, listNewsletters, type Newsletter, textIn, zoneOf } from '../../newsletters/index.ts'
import type { RequestContext } from '../server/route.ts'
import { nameOfLanguage } from '../visitors/describe-newsletter.ts'
import { speakTimes } from './speak-times.ts'

export type FrameDeps = {
	db: Database
	messages: Messages
	installation: Pick<Installation, 'readHold'>
	lacksRoom: () => boolean
	version: string
}

type Place = 'home' | 'digests' | 'readers' | 'sources' | 'settings'

/** What surrounds each page of who is signed in: which newsletter, where, who, and the other languages. */
export type ConsoleFrame = {
	newsletter: { slug: string; name: string; theme: string } | null
	newsletters: Array<{ slug: string; name: string; path: string }>
	nav: Array<{ name: Place; path: string; current: boolean }>
	foot: Array<{ name: 'help' | 'audit' | 'system'; path: string }>
	member: Pick<Member, 'name' | 'role'>
	languages: Array<{ locale: Locale; name: string }>
	/** Of the page itself, to come back to. */
	path: string
	version: string
	/** Why nothing is sent, in words: the database was restored or copied. */
	held: string | null
	/** The disk is so full that nothing is stored. */
	full: boolean
}

const places: ReadonlyArray<{ name: Place; path: string; needs: Permission }> = [
	{ name: 'home', path: '', needs: 'newsletters.read' },
	{ name: 'digests', path: '/digests', needs: 'digests.read' },
	{ name: 'readers', path: '/readers', needs: 'subscribers.read' },
	{ name: 'sources', path: '/sources', needs: 'sources.read' },
]

export async function describeFrame(
	{ db, messages, version, installation, lacksRoom }: FrameDeps,
	request: RequestContext,
	{ newsletter, current }: { newsletter?: Newsletter | undefined; current?: Place } = {},
): Promise<ConsoleFrame> {
	const { member } = request.signedIn
	const { locale } = request
	const visible = (await listNewsletters({ db })).filter(({ id }) => maySee(member, id))
	const shown = newsletter ?? (visible.length === 1 ? visible[0] : undefined)
	const hold = await installation.readHold()
	const base = shown && `/console/newsletters/${shown.slug}`
	const nav = places.flatMap(({ name, path, needs }) =>
		base && mayDo(member, needs) ? [{ name, path: base + path, current: name === current }] : [],
	)
	if (mayDo(member, 'newsletters.change')) {
		const path = base ? `${base}/settings` : '/console/people'
		nav.push({ name: 'settings', path, current: current === 'settings' })
	}
	return {
		newsletter: shown ? { slug: shown.slug, name: textIn(shown, locale).name, theme: themeOf(shown) } : null,
		newsletters: visible.map((each) => ({
			slug: each.slug,
			name: textIn(each, locale).name,
			path: `/console/newsletters/${each.slug}`,
		})),
		nav,
		foot: [
			{ name: 'help', path: `/console/help${current ? `#${current}` : ''}` },
			...(mayDo(member, 'staff.manage') ? [{ name: 'audit' as const, path: '/console/audit' }] : []),
			...(mayDo(member, 'installation.read') ? [{ name: 'system' as const, path: '/console/system' }] : []),
		],
		member,
		languages: messages.locales
			.filter((other) => other !== locale)
			.map((other) => ({ locale: other, name: nameOfLanguage(other) })),
		path: request.path,
		version,
		held: hold ? describeHold(messages, locale, { hold, timeZone: shown ? zoneOf(shown) : 'UTC' }) : null,
		full: lacksRoom(),
	}
}

/** Since when and why sending is held, and who ends that. */
function describeHold(
	messages: Messages,
	locale: Locale,
	{ hold, timeZone }: { hold: Hold; timeZone: string },
): string {
	const say = speakTimes(messages, locale, timeZone)
	const since = `${say.day(hold.since)}, ${say.time(hold.since)}`
	return messages.text(locale, `console.system.held.${hold.reason}`, { since })
}

/** The newsletter that a path names; throws `not_found` where there is none that the member may see. */
export async function findOwnNewsletter(
	{ db }: { db: Database },
	request: RequestContext,
	slug: string,
): Promise<Newsletter> {
	const newsletter = await getNewsletter({ db }, { slug })
	if (maySee(request.actor, newsletter.id)) return newsletter
	throw new AppError('not_found', 'errors.newsletter.not_found', { params: { slug } })
}

function themeOf({ colour }: Newsletter): string {
	return `/theme/${colour.slice(1).toLowerCase()}.css`
}
