import { type AuditedAct, listAudit } from '../../../audit/index.ts'
import { actorName, type NamedActor } from '../../../kernel/actor.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import { roles } from '../../../kernel/roles.ts'
import { listNewsletters } from '../../../newsletters/index.ts'
import { listApiKeys, listMemberNames } from '../../../staff/index.ts'
import type { RequestContext } from '../../server/route.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
import type { AuditPageDeps } from './routes.ts'

/** Who did something: `kind` is a word of `console.audit.who`. */
export type Who = { kind: NamedActor['kind'] | 'unknown'; name: string }

export type AuditRow = {
	id: number
	who: Who
	/** In words where there are some. */
	action: string
	/** As it stands in the log: `subscriber:12`. */
	subject: string
	/** What it is called: a word of `console.audit.subject`, and its number or name. */
	kind: string | null
	of: string
	detail: string | null
	/** What was changed, before and after; null where nothing stood there. */
	changes: Array<{ field: string; before: string | null; after: string | null }>
	at: Date
}

export type AuditView = {
	say: Speech
	rows: AuditRow[]
	/** The id that leads to the page after it. */
	before: number | null
	actors: Array<{ value: string; who: Who }>
}

const perPage = 100

export async function describeAudit(
	deps: AuditPageDeps,
	wish: { actor: NamedActor | undefined; subject: string; before: number | undefined },
	{ locale }: RequestContext,
): Promise<AuditView> {
	const found = await listAudit(deps, { ...wish, limit: perPage + 1 })
	const names = await readNames(deps)
	const say = speakTimes(deps.messages, locale, await findSharedZone(deps))
	const rows = found.slice(0, perPage).map((act) => describeAct(deps, { locale, say, names }, act))
	const members = [...names.members].map(([id]): NamedActor => ({ kind: 'member', id }))
	const keys = [...names.keys].map(([id]): NamedActor => ({ kind: 'key', id }))
	const all: NamedActor[] = [...members, ...keys, { kind: 'operator' }, { kind: 'schedule' }]
	return {
		say,
		rows,
		before: found.length > perPage ? (rows.at(-1)?.id ?? null) : null,
		actors: all.map((each) => ({ value: actorName(each), who: nameActor(each, names) })),
	}
}

/** The key of what an action is called: `console.audit.action.set_password`. */
export function wordsOfAction(action: string): string {
	return `console.audit.action.${action.replace(/[ -]/g, '_')}`
}

/** The log is of the whole installation: its times are those of the newsletters where all are of one zone, else UTC. */
async function findSharedZone({ db }: AuditPageDeps): Promise<string> {
	const zones = new Set((await listNewsletters({ db })).flatMap(({ schedule }) => schedule?.timeZone ?? []))
	const [zone = 'UTC'] = zones
	return zones.size === 1 ? zone : 'UTC'
}

/** What those are called who act as staff, by their ids; of members those too who were removed. */
export type Names = { members: Map<number, string>; keys: Map<number, string> }

export async function readNames(deps: Pick<AuditPageDeps, 'db'>): Promise<Names> {
	const members = await listMemberNames(deps)
	const keys = await listApiKeys(deps)
	return {
		members: new Map(members.map(({ id, name }) => [id, name])),
		keys: new Map(keys.map(({ id, name }) => [id, name])),
	}
}

export function nameActor(named: NamedActor | undefined, { members, keys }: Names): Who {
	if (!named) return { kind: 'unknown', name: '' }
	switch (named.kind) {
		case 'operator':
		case 'schedule':
			return { kind: named.kind, name: '' }
		case 'member':
			return { kind: 'member', name: members.get(named.id) ?? String(named.id) }
		case 'key':
			return { kind: 'key', name: keys.get(named.id) ?? String(named.id) }
	}
}

function describeAct(
	{ messages }: AuditPageDeps,
	{ locale, say, names }: { locale: Locale; say: Speech; names: Names },
	{ id, actor, action, subject, detail, changes, at }: AuditedAct,
): AuditRow {
	const [, kind = subject, of = ''] = /^([\w-]+):(.*)$/s.exec(subject) ?? []
	const words = wordsOfAction(action)
	const known = messages.has(`console.audit.subject.${kind}`)
	return {
		...{ id, subject, at },
		detail: detail && tellDetail(detail, { messages, locale, say }),
		changes: changes.map(({ field, before, after }) => ({
			field: nameField(field, { messages, locale }),
			before: before && tellDetail(before, { messages, locale, say }),
			after: after && tellDetail(after, { messages, locale, say }),
		})),
		action: messages.has(words) ? messages.text(locale, words) : action,
		who: nameActor(actor, names),
		kind: known ? kind : null,
		of: nameOf(kind, of, names),
	}
}

/** In words where there are some, with its language where it is of one: “Name (French)” for `texts.fr.name`. */
function nameField(path: string, { messages, locale }: { messages: Messages; locale: Locale }): string {
	const [, language, field = path] = /^(?:texts\.([\w-]+)\.)?(.+)$/s.exec(path) ?? []
	const key = `console.audit.field.${field.replaceAll('.', '_')}`
	const name = messages.has(key) ? messages.text(locale, key) : field
	if (!language) return name
	return `${name} (${new Intl.DisplayNames([locale], { type: 'language' }).of(language) ?? language})`
}

/** Times, roles and the like in words; all else as it was written down. */
function tellDetail(
	detail: string,
	{ messages, locale, say }: { messages: Messages; locale: Locale; say: Speech },
): string {
	if (roles.some((role) => role === detail)) return messages.text(locale, `console.role.${detail}`)
	const word = `console.audit.value.${detail === '*' ? 'all' : detail}`
	if (/^[a-z_*]+$/.test(detail) && messages.has(word)) return messages.text(locale, word)
	const [isList, name] = /^test list(?: (.+))?$/.exec(detail) ?? []
	if (isList)
		return messages.text(locale, `console.audit.value.test_list${name ? '_of' : ''}`, { name: name ?? '' })
	if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(detail)) return detail
	const at = new Date(detail)
	return `${say.shortDate(at)}, ${say.seconds(at)}`
}

function nameOf(kind: string, of: string, { members, keys }: Names): string {
	if (kind === 'member') return members.get(Number(of)) ?? of
	if (kind === 'api-key') return keys.get(Number(of)) ?? of
	return of
}
