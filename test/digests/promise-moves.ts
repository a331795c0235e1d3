import { confirmAddressChange, undoAddressChange } from '../../src/subscriptions/index.ts'
import { askChange, makeWayBack } from '../subscriptions/people.ts'
import type { TestApp } from '../support/start-test-app.ts'
import { type ModelReader, pick } from './promise-model.ts'

const ip = '192.0.2.1'

/** Changes a reader's address: to one of nobody, or to that of another reader, who then stays as they are. */
export async function moveReader(
	app: TestApp,
	active: readonly ModelReader[],
	{ which, to }: { which: number; to: number | null },
): Promise<void> {
	const reader = pick(active, which)
	if (!reader) return
	const others = active.filter((each) => each !== reader)
	const other = to === null ? undefined : pick(others, to)
	const from = reader.address
	const address =
		other?.address ?? `moved${reader.moves.length}.${app.clock.now().getTime()}.of${reader.id}@example.net`
	const token = await askChange(app, reader, address)
	await confirmAddressChange(app, { token, ip })
	reader.moves.push({ token, from, at: app.clock.now() })
	if (other) reader.hasEnded = true
	else reader.address = address
}

/** Takes a change back, with those that went on from there. What was sent while it had ended is not made up for. */
export async function moveBack(
	app: TestApp,
	readers: readonly ModelReader[],
	{ which, from }: { which: number; from: number },
): Promise<void> {
	const reader = pick(
		readers.filter(({ moves }) => moves.length > 0),
		which,
	)
	const move = reader && pick(reader.moves, from)
	if (!move || app.clock.now().getTime() - move.at.getTime() > 6 * 86_400_000) return
	await undoAddressChange(app, { token: await makeWayBack(app, move.token), ip })
	if (reader.hasEnded) reader.joined = app.clock.now()
	reader.hasEnded = false
	reader.address = move.from
	reader.moves.splice(reader.moves.indexOf(move))
}

/** Whose address or state is not that of the model. */
export async function findMisplaced(app: TestApp, readers: readonly ModelReader[]): Promise<string[]> {
	const rows = await app.db
		.selectFrom('subscriptions as s')
		.innerJoin('subscribers as p', 'p.id', 's.subscriber_id')
		.select(['s.id', 's.state', 'p.comparable_address as address'])
		.where(
			's.id',
			'in',
			readers.map(({ id }) => id),
		)
		.execute()
	return readers.flatMap(({ id, address, hasEnded }) => {
		const row = rows.find((each) => each.id === id)
		const isRight = row?.address === address && row.state === (hasEnded ? 'unsubscribed' : 'active')
		return isRight ? [] : [`${id} is ${row?.state} at ${row?.address}, not at ${address}`]
	})
}
