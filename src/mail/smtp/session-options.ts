import type { Socket } from 'node:net'
import type { WireFormer } from '../create-wire-former.ts'
import type { ChunkingTrial } from './chunking-trial.ts'
import type { Extensions, Manner } from './extensions.ts'

export type SessionOptions = {
	/** Connected, secured and signed in; nobody else reads from it any more. */
	socket: Socket
	offered: Extensions
	manner: Manner
	/** Whether messages go as chunks, where the relay takes them. */
	chunking: ChunkingTrial
	toWire: WireFormer
	/** The relay has not kept to what it offers: a reply too many or out of step, silence or an end in the middle of a group. */
	onOutOfStep(what: string): void
	/** How many messages it may bring; no limit where nothing is said. */
	mostMessages?: number
	/** The relay ended the connection between two messages, after so many, with more on their way already. */
	onCut(after: number): void
	/** The connection can't be used any more. */
	onEnd(): void
}
