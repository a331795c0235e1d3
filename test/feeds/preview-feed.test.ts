import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { previewFeed } from '../../src/commands/feed.ts'
import { rss, serve } from './serve.ts'

async function preview(target: string, locale?: string) {
	const [stdout, stderr] = [new PassThrough(), new PassThrough()]
	const exitCode = await previewFeed(target, { stdout, stderr }, locale)
	stdout.end()
	stderr.end()
	return { exitCode, stdout: await text(stdout), stderr: await text(stderr) }
}

async function file(content: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'envoi-feed-'))
	onTestFinished(() => rm(folder, { recursive: true }))
	const path = join(folder, 'feed.xml')
	await writeFile(path, content)
	return path
}

it('prints the stories of a file, an object a line', async () => {
	const dated = rss('One', 'Two').replace(
		'<guid>',
		'<pubDate>Tue, 24 Nov 2026 10:00:00 +0100</pubDate><guid>',
	)
	const { exitCode, stdout, stderr } = await preview(await file(dated))
	expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
	const lines = stdout.trimEnd().split('\n')
	expect(JSON.parse(lines[0] ?? '')).toEqual({
		id: 'id-0',
		link: null,
		title: 'One',
		summary: '',
		imageUrl: null,
		imageAlt: null,
		author: null,
		publishedAt: '2026-11-24T09:00:00.000Z',
		updatedAt: null,
		categories: [],
	})
	expect(lines).toHaveLength(2)
})

it('prints the stories at a URL, on this machine too', async () => {
	const { url } = await serve((_request, response) => response.end(rss('One')))
	const { exitCode, stdout } = await preview(url)
	expect(exitCode).toBe(0)
	expect(JSON.parse(stdout)).toMatchObject({ title: 'One', link: `${url}/stories/0` })
})

it('T4: follows no redirect into a private network', async () => {
	const inside = await serve((_request, response) => response.end(rss('Secret')))
	const { url } = await serve((_request, response) => response.writeHead(302, { location: inside.url }).end())
	expect(await preview(url)).toMatchObject({
		exitCode: 1,
		stdout: '',
		stderr: expect.stringContaining('private network'),
	})
})

it('says in one sentence why there is nothing to show', async () => {
	expect(await preview(await file('<html></html>'))).toEqual({
		exitCode: 1,
		stdout: '',
		stderr: 'This isn’t a feed: neither RSS, Atom nor JSON Feed. (a web page)\n',
	})
	expect((await preview('/nowhere/feed.xml', 'fr')).stderr).toMatch(
		/^Le fichier \/nowhere\/feed\.xml ne peut pas être lu\. /,
	)
	for (const status of [404, 410, 429, 304]) {
		const { url } = await serve((_request, response) => response.writeHead(status).end())
		const { exitCode, stderr } = await preview(url)
		expect(exitCode).toBe(1)
		expect(stderr).toContain(`HTTP ${status}`)
	}
	expect(await preview('http://')).toMatchObject({
		exitCode: 1,
		stderr: expect.stringContaining('isn’t the address of a feed'),
	})
})

it('reads standard input where the file is -', async () => {
	const command = fileURLToPath(new URL('../../src/commands/feed.ts', import.meta.url))
	const script = `import('${command}').then(({ previewFeed }) => previewFeed('-', process)).then((code) => process.exit(code))`
	const stdout = await new Promise<string>((resolve, reject) => {
		const child = execFile(process.execPath, ['-e', script], (error, out) =>
			error ? reject(error) : resolve(out),
		)
		child.stdin?.end(rss('Piped'))
	})
	expect(JSON.parse(stdout)).toMatchObject({ title: 'Piped' })
})
