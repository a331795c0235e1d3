import type { ProgressAnswer } from '../../src/http/api/digests/digest-answers.ts'
import type { HostileNetwork } from './hostile-network.ts'
import type { HostileRelay } from './hostile-relay.ts'
import type { KeptProcess, Obituary } from './kept-process.ts'
import type { LedgerOfRun } from './ledger-of-run.ts'
import type { StaffAnswers } from './staff-answers.ts'

/** One line of the table: `most` is the most that it may be, undefined where any number will do. */
export type Sum = { name: string; value: number; most: number | undefined }

export type Sums = {
	lines: Sum[]
	/** What is not as it must be, in words; none where all is well. */
	failures: string[]
}

type Watched = {
	relay: HostileRelay
	network: HostileNetwork
	ledger: LedgerOfRun
	staff: StaffAnswers
	api: KeptProcess
	obituary: Obituary
	digestId: number
	readers: number
	/** Rows that one worker may have under way: twice its connections. */
	marks: number
}

/** Counts what became of everybody, in the relay's memory, in the ledger and over the API. */
export async function sumUp(watched: Watched): Promise<Sums> {
	const { relay, network, ledger, staff, obituary, readers, marks } = watched
	await watched.api.ready()
	const progress = await staff.progress(watched.digestId)
	const digests = await ledger.digestIds()
	const doubtful = await ledger.findDoubtful()
	const accepted = new Set(await ledger.addressesIn('accepted'))
	const doubted = new Set(doubtful.map(({ address }) => address))
	const received = Map.groupBy(relay.sink.messages, ({ to }) => to)

	const everybody = Array.from({ length: readers }, (_, index) => `reader${index + 1}@example.net`)
	const forgotten = everybody.filter((address) => !received.has(address) && !doubted.has(address))
	const twice = everybody.filter((address) => (received.get(address)?.length ?? 0) > 1)
	const unwritten = [...received.keys()].filter((to) => !accepted.has(to) && !doubted.has(to))
	const claimedOnly = [...accepted].filter((address) => !received.has(address))
	const lost = doubtful.filter((row) => row.lost)
	const byCrash = Map.groupBy(lost, ({ process }) => process)
	const worst = Math.max(0, ...[...byCrash.values()].map((rows) => rows.length))
	const ofLiving = lost.filter(({ process }) => !obituary.dead.includes(process))
	const dropped = relay.did.droppedAfter + relay.did.keptAndDropped
	const { heard } = relay.sink
	const inChunks = heard.filter((line) => line.startsWith('BDAT')).length

	const lines: Sum[] = [
		{ name: 'recipients', value: readers, most: undefined },
		{ name: 'messages the relay took', value: relay.sink.accepted, most: undefined },
		{ name: 'refused for now', value: relay.did.deferred, most: undefined },
		{ name: 'connections dropped before the final dot', value: relay.did.droppedBefore, most: undefined },
		{ name: 'connections dropped after the final dot', value: dropped, most: undefined },
		{ name: 'connections cut at some byte by the network', value: network.cuts, most: undefined },
		{ name: 'messages that came in chunks', value: inChunks, most: undefined },
		{ name: 'processes that came to an end', value: obituary.dead.length, most: undefined },
		{ name: 'accepted', value: progress.counts.accepted, most: undefined },
		{ name: 'never mailed and not in doubt', value: forgotten.length, most: 0 },
		{ name: 'mailed twice', value: twice.length, most: 0 },
		{ name: 'taken by the relay, but neither accepted nor in doubt', value: unwritten.length, most: 0 },
		{ name: 'accepted, but not taken by the relay', value: claimedOnly.length, most: 0 },
		{ name: 'in doubt, as their worker was killed', value: lost.length, most: marks * byCrash.size },
		{ name: '  at the worst crash', value: worst, most: marks },
		{ name: '  of a worker that lives', value: ofLiving.length, most: 0 },
		{
			name: 'in doubt, as the connection was dropped or cut',
			value: doubtful.length - lost.length,
			// with CHUNKING two messages are on their way at once
			most: 2 * (dropped + network.cuts),
		},
		{ name: 'still due or under way', value: progress.counts.due, most: 0 },
		{ name: 'refused for good', value: progress.counts.refused, most: 0 },
		{ name: 'planned, but in no state', value: missingOf(progress.counts, readers), most: 0 },
		{ name: 'digests beside the one', value: digests.length - 1, most: 0 },
		{ name: 'processes that ended unasked', value: obituary.unasked.length, most: 0 },
		{ name: 'outcomes that met rows of others', value: obituary.alarms.length, most: 0 },
	]
	const failures = lines
		.filter(({ value, most }) => most !== undefined && value > most)
		.map(({ name, value, most }) => `${name.trim()}: ${value} instead of ${most} at most`)
	if (!progress.balanced) failures.push('the sums of the ledger do not come out right')
	if (progress.state !== 'completed') failures.push(`the digest is ${progress.state}`)
	return { lines, failures: [...failures, ...obituary.unasked, ...obituary.alarms] }
}

function missingOf(
	{ planned, accepted, refused, inDoubt, due }: ProgressAnswer['counts'],
	readers: number,
): number {
	return Math.abs(readers - planned) + Math.abs(planned - accepted - refused - inDoubt - due)
}

/** The sums as a table for the terminal. */
export function printSums({ lines }: Sums): string {
	const width = Math.max(...lines.map(({ name }) => name.length))
	const row = (name: string, value: string, most: string) =>
		`${name.padEnd(width)}  ${value.padStart(7)}  ${most.padStart(7)}`.trimEnd()
	return [
		row('', 'is', 'at most'),
		...lines.map(({ name, value, most }) => row(name, String(value), most === undefined ? '' : String(most))),
	].join('\n')
}
