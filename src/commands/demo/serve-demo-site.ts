import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type DemoStory, demoStories } from './demo-stories.ts'

/** A small web site as an organisation has one: two feeds (RSS in English, Atom in French), articles and pictures. */
export type DemoSite = {
	url: string
	host: string
	publish(story: DemoStory): void
	close(): Promise<void>
}

/** Serves the sample site on a free port of this machine. */
export async function serveDemoSite(): Promise<DemoSite> {
	const stories = [...demoStories]
	const server = createServer(async (request, response) => {
		const answer = await answerFor(request.url ?? '/', stories, url)
		response.writeHead(answer ? 200 : 404, { 'Content-Type': answer?.type ?? 'text/plain' })
		response.end(answer?.body)
	})
	const host = await listen(server)
	const url = `http://${host}`
	return {
		url,
		host,
		publish: (story) => stories.unshift(story),
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections()
				server.close(() => resolve())
			}),
	}
}

function listen(server: Server): Promise<string> {
	return new Promise((resolve) => {
		server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`))
	})
}

type SiteAnswer = { type: string; body: string | Buffer }

async function answerFor(
	path: string,
	stories: readonly DemoStory[],
	url: string,
): Promise<SiteAnswer | undefined> {
	if (path === '/en/feed.rss')
		return { type: 'application/rss+xml; charset=utf-8', body: toRss(stories, url) }
	if (path === '/fr/feed.atom')
		return { type: 'application/atom+xml; charset=utf-8', body: toAtom(stories, url) }
	const picture = /^\/images\/([a-z]+\.png)$/.exec(path)?.[1]
	if (picture)
		return { type: 'image/png', body: await readFile(new URL(`./images/${picture}`, import.meta.url)) }
	const [, language, id] = /^\/(en|fr)\/([a-z0-9-]+)$/.exec(path) ?? []
	const story = stories.find((candidate) => candidate.id === id)
	if (story && (language === 'en' || language === 'fr'))
		return { type: 'text/html; charset=utf-8', body: toPage(story, language) }
	return undefined
}

function toRss(stories: readonly DemoStory[], url: string): string {
	const items = stories.map((story) => {
		const { title, summary, author, imageAlt } = story.en
		const picture = story.image ? `<img src="${url}/images/${story.image}" alt="${escapeXml(imageAlt)}">` : ''
		return `<item><title>${escapeXml(title)}</title><link>${url}/en/${story.id}</link>
<guid isPermaLink="false">${story.id}-en</guid><dc:creator>${escapeXml(author)}</dc:creator>
<pubDate>${publishedAt(story).toUTCString()}</pubDate>
<description>${escapeXml(`${picture}<p>${escapeXml(summary)}</p>`)}</description></item>`
	})
	return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Hands Across: stories</title><link>${url}/en</link><description>Stories</description><language>en</language>
${items.join('\n')}
</channel></rss>`
}

function toAtom(stories: readonly DemoStory[], url: string): string {
	const entries = stories.map((story) => {
		const { title, summary, author, imageAlt } = story.fr
		const picture = story.image ? `<img src="/images/${story.image}" alt="${escapeXml(imageAlt)}">` : ''
		return `<entry><title>${escapeXml(title)}</title><link href="/fr/${story.id}"/><id>tag:handsacross.example,2026:${story.id}-fr</id>
<author><name>${escapeXml(author)}</name></author><published>${publishedAt(story).toISOString()}</published><updated>${publishedAt(story).toISOString()}</updated>
<content type="html">${escapeXml(`${picture}<p>${escapeXml(summary)}</p>`)}</content></entry>`
	})
	return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="${url}/fr/">
<title>Mains tendues : récits</title><id>tag:handsacross.example,2026:fr</id><updated>${new Date().toISOString()}</updated>
${entries.join('\n')}
</feed>`
}

function toPage(story: DemoStory, language: 'en' | 'fr'): string {
	const { title, summary, author } = story[language]
	return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeXml(title)}</title><body style="max-width:40rem;margin:3rem auto;padding:0 1rem;font:1.1rem/1.6 system-ui">
<h1>${escapeXml(title)}</h1><p>${escapeXml(author)}</p><p>${escapeXml(summary)}</p></body></html>`
}

function publishedAt(story: DemoStory): Date {
	return new Date(Date.now() - story.daysAgo * 86_400_000 - 60_000)
}

function escapeXml(text: string): string {
	return text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
}
