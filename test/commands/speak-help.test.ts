import { Writable } from 'node:stream'
import { Command } from 'commander'
import { afterEach, expect, it, vi } from 'vitest'
import { createCommandContext } from '../../src/commands/command-context.ts'
import { addLocalCommands } from '../../src/commands/local-commands.ts'
import { optionOfField } from '../../src/commands/option-of-field.ts'
import { runCommandLine } from '../../src/commands/run-command-line.ts'
import { speakHelp } from '../../src/commands/speak-help.ts'
import { addStaffCommands } from '../../src/commands/staff-commands.ts'

// words that are the same in both languages
const shared = new Set(['format', 'message', 'mode', 'options', 'url', 'urls'])

afterEach(() => vi.unstubAllEnvs())

it('French help of every command names what stands for a value in French', () => {
	const english = valuesIn('en_CA.UTF-8')
	const french = valuesIn('fr_CA.UTF-8')
	expect(english.length).toBeGreaterThan(300)
	expect(french).toHaveLength(english.length)
	const left = english.filter(({ name }, at) => name === french[at]?.name && !shared.has(name ?? ''))
	expect(left).toEqual([])
	expect(new Set(french.map(({ name }) => name))).toContain('texte')
})

it.each([
	[['topic', 'add'], '« identifiant »'],
	[['newsletter', 'create', 'news', '--name'], '--name <texte>'],
	[['topic', 'un<known>'], 'un<known>'],
	[['--un<known>'], '--un<known>'],
])('What is missing is named in French, and what was typed as it was: %j', async (args, words) => {
	vi.stubEnv('LC_ALL', 'fr_CA.UTF-8')
	const io = keptIo()
	expect(await runCommandLine(args, io)).toBe(2)
	expect(io.written().replaceAll('\u00a0', ' ')).toContain(words)
})

/** What stands for a value in the help of each command, with the command that it is of. */
function valuesIn(language: string): Array<{ of: string; name: string | undefined }> {
	vi.stubEnv('LC_ALL', language)
	const context = createCommandContext(keptIo(), optionOfField)
	const program = new Command('envoi')
	addLocalCommands(program, context)
	addStaffCommands(program, context)
	speakHelp(program, context)
	const values = (command: Command): Array<{ of: string; name: string | undefined }> => [
		...[...command.helpInformation().matchAll(/[<[]([#\p{Ll}-]+)(?:\.{3})?[>\]]/gu)].map(([, name]) => ({
			of: command.name(),
			name,
		})),
		...command.commands.flatMap(values),
	]
	return values(program)
}

function keptIo() {
	let text = ''
	const keep = new Writable({
		write(chunk, _encoding, done) {
			text += chunk
			done()
		},
	}) as unknown as NodeJS.WriteStream
	return { stdout: keep, stderr: keep, written: () => text }
}
