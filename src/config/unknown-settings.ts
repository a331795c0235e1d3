/** A setting that no one knows, and the one that was probably meant. */
export type UnknownSetting = { name: string; meant: string }

/** Beginnings that several settings share, with the one that is meant where nothing is nearer. */
const families: Readonly<Record<string, string>> = {
	SMTP: 'SMTP_URL',
	MAIL: 'SMTP_URL',
	MAILER: 'SMTP_URL',
	DATABASE: 'DATABASE_URL',
	REDIS: 'REDIS_URL',
	IMAP: 'IMAP_URL',
	PUBLIC: 'PUBLIC_URL',
	EHLO: 'EHLO_NAME',
	HELO: 'EHLO_NAME',
	RELAY: 'RELAY_RATE',
	METRICS: 'METRICS_TOKEN',
	BOUNCE: 'BOUNCE_DOMAIN',
	BOUNCES: 'BOUNCE_DOMAIN',
	INBOUND: 'INBOUND_PORT',
	DKIM: 'DKIM_DOMAIN',
	SIGNUPS: 'SIGNUPS_PER_IP_AND_HOUR',
	SIGNUP: 'SIGNUP_CHALLENGE',
	ALTCHA: 'SIGNUP_CHALLENGE',
	CAPTCHA: 'SIGNUP_CHALLENGE',
	FEED: 'FEED_ALLOWED_HOSTS',
	CAPTURE: 'CAPTURE_MAIL',
}

/**
 * The variables that look like settings of Envoi and are none: mistyped, of a known family, or ENVOI_ before one. What
 * containers are told of their neighbours by Docker or Kubernetes is none of ours.
 */
export function findUnknownSettings(
	given: Readonly<Record<string, string | undefined>>,
	known: readonly string[],
): UnknownSetting[] {
	return Object.entries(given).flatMap(([name, value]) => {
		if (known.includes(name) || /^WEBHOOK_[A-Z]+_SECRET$/.test(name) || isOfNeighbour(name, value)) return []
		const meant = findMeant(name, known)
		return meant === undefined ? [] : [{ name, meant }]
	})
}

/** `REDIS_PORT_6379_TCP`, `REDIS_SERVICE_HOST` and their like. */
function isOfNeighbour(name: string, value = ''): boolean {
	return /_SERVICE_(?:HOST|PORT)|_PORT_\d+_(?:TCP|UDP)|_ENV_/.test(name) || /^(?:tcp|udp):\/\//.test(value)
}

function findMeant(name: string, known: readonly string[]): string | undefined {
	const bare = name.toUpperCase().replace(/[-.]/g, '_')
	const ours = bare.startsWith('ENVOI_')
	const typed = ours ? bare.slice('ENVOI_'.length) : bare
	if ((ours || typed !== name) && known.includes(typed)) return typed
	const tolerance = toleranceFor(typed)
	const [nearest] = known
		// no word is nearer than their lengths differ
		.filter((each) => Math.abs(each.length - typed.length) <= tolerance)
		.map((each) => ({ each, distance: editDistance(typed, each) }))
		.sort((a, b) => a.distance - b.distance)
	if (nearest && nearest.distance <= tolerance) return nearest.each
	const family = typed.split('_')[0] ?? ''
	// in capitals only: `mail` alone, or npm's own variables, are nobody's setting
	if (typed.includes('_') && (name === bare || ours) && Object.hasOwn(families, family))
		return families[family]
	return undefined
}

/** Short names are near to many words that mean something else: HOME and HOST, PATH and PORT. */
function toleranceFor(name: string): number {
	if (name.length < 7) return 0
	if (name.length < 10) return 1
	return name.length < 12 ? 2 : 3
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
function editDistance(from: string, to: string): number {
	let before: number[] = []
	let last = Array.from({ length: to.length + 1 }, (_, index) => index)
	for (let row = 1; row <= from.length; row++) {
		const next = [row]
		for (let column = 1; column <= to.length; column++) {
			const same = from[row - 1] === to[column - 1]
			const swapped =
				row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
			next[column] = Math.min(
				(next[column - 1] ?? 0) + 1,
				(last[column] ?? 0) + 1,
				(last[column - 1] ?? 0) + (same ? 0 : 1),
				swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
			)
		}
		before = last
		last = next
	}
	return last[to.length] ?? 0
}
