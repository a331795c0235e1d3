import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { LogoProblem, RasteriseLogo } from '../kernel/rasterise-logo.ts'

const maxBytes = 5_000_000
const maxMs = 5_000
const script = fileURLToPath(new URL('./draw-logo-process.ts', import.meta.url))

/**
 * Has a picture drawn in a process of its own, which knows nothing of our settings and is ended after 5 seconds: an SVG of
 * a few hundred bytes can ask for hours of work, and no library that draws it lets itself be stopped.
 */
export const rasteriseLogo: RasteriseLogo = async (bytes) => {
	if (bytes.length > maxBytes) return { ok: false, problem: 'large' }
	const out = await draw(bytes)
	const end = out.indexOf('\n')
	if (end < 0) return { ok: false, problem: 'unreadable' }
	const said = JSON.parse(out.subarray(0, end).toString()) as
		| { width: number; height: number }
		| { problem: LogoProblem }
	if ('problem' in said) return { ok: false, problem: said.problem }
	const png = out.subarray(end + 1)
	const hash = createHash('sha256').update(png).digest('hex').slice(0, 32)
	return { ok: true, logo: { hash, png, ...said } }
}

/** What the process has written; nothing where it had to be ended. */
async function draw(bytes: Buffer): Promise<Buffer> {
	const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
		stdio: ['pipe', 'pipe', 'ignore'],
		timeout: maxMs,
		killSignal: 'SIGKILL',
		env: {},
	})
	// a process that ends early does not take the rest
	child.stdin.on('error', () => {})
	child.stdin.end(bytes)
	const ended = new Promise<boolean>((resolve, reject) => {
		child.once('error', reject)
		child.once('close', (code) => resolve(code === 0))
	})
	const out = await buffer(child.stdout)
	return (await ended) ? out : Buffer.alloc(0)
}
