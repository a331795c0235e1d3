import { createInterface } from 'node:readline/promises'
import type { CommandIo } from './command-context.ts'

/** Whether somebody sits at a terminal who can answer. */
export function canAsk({ stderr }: CommandIo): boolean {
	return process.stdin.isTTY === true && stderr.isTTY === true
}

/** Asks at the terminal, beside what the command prints; gives whether the answer is yes, in English or French. */
export async function ask(question: string, { stderr }: CommandIo): Promise<boolean> {
	const terminal = createInterface({ input: process.stdin, output: stderr })
	try {
		return isYes(await terminal.question(`${question} `))
	} finally {
		terminal.close()
	}
}

/** In English or French, whichever language the question is in. */
export function isYes(answer: string): boolean {
	return /^\s*(y|yes|o|oui)\s*$/i.test(answer)
}
