/** Providers that many people write to us from, in Europe, North America and West Africa, by their endings. */
const providers: Readonly<Record<string, string>> = {
	gmail: 'com',
	googlemail: 'com',
	hotmail: 'com fr ca be ch co.uk de es it',
	outlook: 'com fr be es de it',
	live: 'com fr ca be co.uk nl',
	msn: 'com',
	yahoo: 'com fr ca co.uk de es it',
	ymail: 'com',
	rocketmail: 'com',
	icloud: 'com',
	me: 'com',
	mac: 'com',
	aol: 'com fr',
	proton: 'me',
	protonmail: 'com ch',
	tutanota: 'com de',
	fastmail: 'com fm',
	hey: 'com',
	mail: 'com',
	email: 'com',
	zoho: 'com',
	yandex: 'com ru',
	gmx: 'com fr net de ch at',
	web: 'de',
	't-online': 'de',
	orange: 'fr sn ci ml bf cm mg be es pl',
	wanadoo: 'fr es nl',
	free: 'fr',
	sfr: 'fr',
	laposte: 'net',
	bbox: 'fr',
	neuf: 'fr',
	numericable: 'fr',
	'club-internet': 'fr',
	aliceadsl: 'fr',
	skynet: 'be',
	telenet: 'be',
	proximus: 'be',
	bluewin: 'ch',
	videotron: 'ca qc.ca',
	sympatico: 'ca',
	bell: 'net',
	rogers: 'com',
	shaw: 'ca',
	telus: 'net',
	cgocable: 'ca',
	cogeco: 'ca',
	globetrotter: 'net',
	comcast: 'net',
	verizon: 'net',
	att: 'net',
	sbcglobal: 'net',
	btinternet: 'com',
	sentoo: 'sn',
	arc: 'sn',
	metissacana: 'sn',
	aviso: 'ci',
	afnet: 'net',
	africaonline: 'co.ci',
	ikatelnet: 'net',
	malinet: 'ml',
	afribone: 'net.ml',
	fasonet: 'bf',
	onatel: 'bf',
	cenatrin: 'bf',
	intnet: 'bj ne',
	cafe: 'tg',
	sotelgui: 'net.gn',
	mauritel: 'mr',
}

// these are at home under one ending alone, so that any other is a slip
const oneHome = new Set(['gmail', 'icloud', 'laposte'])

type Provider = { name: string; ending: string }

const all: readonly Provider[] = Object.entries(providers).flatMap(([name, endings]) =>
	endings.split(' ').map((ending) => ({ name, ending })),
)
const known = new Set(all.map(({ name, ending }) => `${name}.${ending}`))

/**
 * The provider's domain that a typed one is most likely meant to be: `gmial.com` → `gmail.com`. Undefined where it
 * looks like none of them. It knows no address and asks nobody, so it tells nothing of who is subscribed; what it
 * gives is a question to the person, never a reason to refuse.
 */
export function suggestDomain(domain: string): string | undefined {
	const typed = domain.toLowerCase()
	const dot = typed.indexOf('.')
	if (dot < 1 || known.has(typed)) return undefined
	const [name, ending] = [typed.slice(0, dot), typed.slice(dot + 1)]
	let best: { distance: number; domain: string } | undefined
	for (const provider of all) {
		const distance = slipsBetween({ name, ending }, provider)
		if (distance === undefined || (best && best.distance <= distance)) continue
		best = { distance, domain: `${provider.name}.${provider.ending}` }
	}
	return best?.domain
}

/** How many slips lie between what was typed and a provider; undefined where they are not alike. */
function slipsBetween(typed: Provider, provider: Provider): number | undefined {
	const inEnding = endingSlips(typed.ending, provider)
	if (inEnding === undefined) return undefined
	const inName = slips(typed.name, provider.name)
	// a short name is like too many others: it must be right, or have its letters in another order
	const most = provider.name.length >= 8 ? 2 : provider.name.length >= 5 ? 1 : 0
	if (inName > most && !(inName === 1 && isReordered(typed.name, provider.name))) return undefined
	return inName + inEnding > 0 ? inName + inEnding : undefined
}

/** Two-letter endings are countries, each as good as the other: only a reordered one, or a `com` that lost a letter, is a slip. */
function endingSlips(typed: string, { name, ending }: Provider): number | undefined {
	if (typed === ending) return 0
	if (oneHome.has(name)) return 1
	if (ending === 'com' && ['co', 'cm', 'om', 'cmo', 'ocm'].includes(typed)) return 1
	if (typed.length === 2 && ending.length === 2) return isReordered(typed, ending) ? 1 : undefined
	if (typed.length < 3 && ending.length > 2) return undefined
	return slips(typed, ending) === 1 ? 1 : undefined
}

function isReordered(one: string, other: string): boolean {
	return [...one].sort().join('') === [...other].sort().join('')
}

/** Letters added, lost, changed, or swapped with their neighbour (the optimal string alignment distance). */
function slips(one: string, other: string): number {
	if (Math.abs(one.length - other.length) > 2) return 3
	let [before, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, index) => index)]
	for (let i = 1; i <= one.length; i++) {
		const row = [i]
		for (let j = 1; j <= other.length; j++) {
			const changed = (last[j - 1] ?? 0) + Number(one[i - 1] !== other[j - 1])
			const swapped =
				i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
					? (before[j - 2] ?? 0) + 1
					: changed
			row.push(Math.min(changed, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
		}
		;[before, last] = [last, row]
	}
	return last[other.length] ?? 0
}
