import type { SendOutcome } from '../../kernel/mail.ts'
import type { OpenedSession } from '../smtp-session.ts'
import type { PipelinedSession } from './pipelined-session.ts'

export type ConnectionsOptions = {
	/** How many are open at once, at most. */
	most: number
	/** How long one without work is kept, in milliseconds. */
	idleMs: number
	/** How many messages a connection takes at once, as far as is known before it is open. */
	depth(): number
	open(onEnd: () => void): Promise<OpenedSession>
}

export type Connections = {
	/** A place on a connection, as soon as there is one: to be given back after the message. */
	take(): Promise<{ ok: true; session: PipelinedSession } | { ok: false; outcome: SendOutcome }>
	giveBack(session: PipelinedSession): void
	/** Ends those without work, and breaks off the others. */
	close(): void
}

type Connection = {
	opening: Promise<OpenedSession>
	session: PipelinedSession | undefined
	/** How many messages have a place on it. */
	taken: number
	idle: NodeJS.Timeout | undefined
}

/**
 * The connections to one relay. A message gets one without work, else one with room, and only then a new one: so there
 * are never more connections than the messages under way need.
 */
export function createConnections({ most, idleMs, depth, open }: ConnectionsOptions): Connections {
	/** The last used at the end. */
	const all: Connection[] = []
	const waiting: Array<() => void> = []

	const wake = () => {
		for (const goOn of waiting.splice(0)) goOn()
	}
	const drop = (connection: Connection) => {
		const index = all.indexOf(connection)
		if (index < 0) return
		all.splice(index, 1)
		clearTimeout(connection.idle)
		wake()
	}
	const openNew = (): Connection => {
		const opening = open(() => drop(connection))
		const connection: Connection = { opening, session: undefined, taken: 0, idle: undefined }
		all.push(connection)
		return connection
	}
	const choose = (): Connection | undefined => {
		const open = all.filter(({ session }) => !session || session.takesMore)
		return (
			open.findLast(({ session, taken }) => session && taken === 0) ??
			open.find(({ session, taken }) => taken < (session?.depth ?? depth())) ??
			(all.length < most ? openNew() : undefined)
		)
	}
	const leave = (connection: Connection) => {
		connection.taken -= 1
		const { session } = connection
		if (connection.taken === 0 && session?.takesMore) {
			connection.idle = setTimeout(() => session.quit(), idleMs).unref()
		} else if (connection.taken === 0) session?.quit()
		wake()
	}

	return {
		take: async () => {
			for (;;) {
				const connection = choose()
				if (!connection) {
					await new Promise<void>((resolve) => waiting.push(resolve))
					continue
				}
				clearTimeout(connection.idle)
				connection.taken += 1
				const opened = connection.session
					? { ok: true as const, session: connection.session }
					: await connection.opening
				if (!opened.ok) {
					connection.taken -= 1
					drop(connection)
					return opened
				}
				const { session } = opened
				connection.session = session
				if (connection.taken <= session.depth && session.takesMore) return { ok: true, session }
				// it takes fewer at once than was thought
				leave(connection)
			}
		},
		giveBack: (session) => {
			const connection = all.find((each) => each.session === session)
			if (connection) leave(connection)
		},
		close: () => {
			for (const { session, taken } of [...all]) {
				if (taken === 0) session?.quit()
				else session?.abort()
			}
		},
	}
}
