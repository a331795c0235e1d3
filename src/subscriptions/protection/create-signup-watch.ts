import type { KeptBack, SignupWatch } from './kept-back.ts'
import { type KeptBackCounts, type RecordDeps, recordKeptBack } from './record-kept-back.ts'

// an attack must not cost a statement each time, nor be known elsewhere much later
const gatherMs = 2_000
/** So many domains and networks are told apart in that time; of what is beyond, only the number is kept. */
const mostNames = 2_000

/**
 * Counts in this process what the caps keep back, and writes it into the database every few seconds, where all processes
 * see it. A crash loses those seconds. `flush` writes at once.
 */
export function createSignupWatch(deps: RecordDeps): SignupWatch & { flush(): Promise<void> } {
	let counts = none()
	let timer: NodeJS.Timeout | undefined

	const flush = async () => {
		clearTimeout(timer)
		timer = undefined
		const gathered = counts
		counts = none()
		if (gathered.tries === 0) return
		await recordKeptBack(deps, gathered).catch((error: unknown) =>
			deps.log.warn({ err: error, tries: gathered.tries }, 'what the caps kept back could not be counted'),
		)
	}

	return {
		note: (kept) => {
			add(counts, kept)
			timer ??= setTimeout(flush, gatherMs).unref()
		},
		flush,
	}
}

type Gathered = KeptBackCounts & { domains: Map<string, number>; networks: Map<string, number> }

function none(): Gathered {
	return { tries: 0, caps: new Map(), domains: new Map(), networks: new Map() }
}

function add(counts: Gathered, { cap, domain, network }: KeptBack): void {
	counts.tries += 1
	count(counts.caps, cap)
	if (domain !== undefined) count(counts.domains, domain)
	if (network !== undefined) count(counts.networks, network)
}

function count(map: Map<string, number>, name: string): void {
	if (map.size >= mostNames && !map.has(name)) return
	map.set(name, (map.get(name) ?? 0) + 1)
}
