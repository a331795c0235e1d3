import type { ChunkingTrial } from '../../src/mail/smtp/chunking-trial.ts'

/** All messages go as chunks where the relay takes them, from the first on. */
export const alwaysChunked: ChunkingTrial = { isOn: () => true, note: () => {} }
