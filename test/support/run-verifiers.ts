import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../../shared/tools/verify-dkim.sh', import.meta.url))

/** What each of dkimpy, OpenDKIM and Mail::DKIM says of a message. */
export type Verdicts = { dkimpy: boolean; opendkim: boolean; mailDkim: boolean }

/** What is missing on this machine to ask the three verifiers; empty where nothing is. */
export function missingForVerifiers(): string[] {
	const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0
	const missing: string[] = []
	if (!existsSync(script)) missing.push('verify-dkim.sh')
	if (!has('sh', '-c', 'command -v dkimverify')) missing.push('python3-dkim')
	if (!has('sh', '-c', 'command -v opendkim-testmsg')) missing.push('opendkim-tools')
	if (!has('perl', '-MMail::DKIM::Verifier', '-e1')) missing.push('libmail-dkim-perl')
	if (!has('unshare', '--net', '--mount', 'ip', 'link')) missing.push('root, for a network of their own')
	return missing
}

/** Asks all three of each message, by name. `zone` is all the DNS there is: TXT values by name. */
export async function runVerifiers(
	zone: Readonly<Record<string, string>>,
	messages: Readonly<Record<string, string>>,
): Promise<Map<string, Verdicts>> {
	const folder = await mkdtemp(join(tmpdir(), 'envoi-dkim-'))
	try {
		const zoneFile = join(folder, 'zone.json')
		const records = Object.entries(zone).map(([name, value]) => [name, [value]])
		await writeFile(zoneFile, JSON.stringify(Object.fromEntries(records)))
		const files: string[] = []
		for (const [index, message] of Object.values(messages).entries()) {
			const file = join(folder, `${index}.eml`)
			await writeFile(file, message)
			files.push(file)
		}
		const blocks = (await run([zoneFile, ...files])).split(/^(?=\/)/m)
		return new Map(Object.keys(messages).map((name, index) => [name, readBlock(blocks[index] ?? '')]))
	} finally {
		await rm(folder, { recursive: true })
	}
}

/** The exit code only says whether all are valid; what counts is each answer. */
function run(args: readonly string[]): Promise<string> {
	return new Promise((resolve, reject) => {
		execFile(script, args, (error, stdout, stderr) => {
			if (stdout) resolve(stdout)
			else reject(new Error(`the verifiers said nothing: ${stderr}`, { cause: error }))
		})
	})
}

function readBlock(block: string): Verdicts {
	const said = (name: string) => new RegExp(`^  ${name} +(.*)$`, 'm').exec(block)?.[1] ?? ''
	const answers = [said('dkimpy'), said('opendkim'), said('Mail::DKIM')]
	if (answers.includes('')) throw new Error(`a verifier did not answer: ${block}`)
	const [dkimpy = '', opendkim = '', mailDkim = ''] = answers
	return {
		dkimpy: dkimpy.includes('signature ok'),
		opendkim: opendkim === 'valid',
		mailDkim: mailDkim.includes('rsa-sha256: pass'),
	}
}
