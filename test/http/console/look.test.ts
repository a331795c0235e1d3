import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const svg = (inside: string, size = 'width="300" height="100"') =>
	Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${size}>${inside}</svg>`)
const drawing = svg(
	'<script>alert(1)</script><circle cx="50" cy="50" r="40" fill="#0f5c5c" onload="alert(2)"/>',
)

function picture(kind: 'png' | 'jpeg' | 'webp', width: number, height: number): Promise<Buffer> {
	const background = { r: 15, g: 92, b: 92, alpha: 0.5 }
	return sharp({ create: { width, height, channels: 4, background } })
		[kind]()
		.toBuffer()
}

/** So wide as its head says, without the pixels. */
async function claiming(width: number, height: number): Promise<Buffer> {
	const bytes = Buffer.from(await picture('png', 20, 20))
	bytes.writeUInt32BE(width, 16)
	bytes.writeUInt32BE(height, 20)
	return bytes
}

let app: TestApp
let owner: ConsoleBrowser
let path: string
let slug: string
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	owner = await signInAs(app, 'owner')
	slug = (await makeNewsletter(app, { texts: { en: { name: 'Hands "Across"' } } })).slug
	path = `/console/newsletters/${slug}/look`
})
afterAll(() => app?.close())

/** The form as a browser sends it. */
function send(
	to: string,
	{ colour = '#0f5c5c', ...rest }: { colour?: string; logo?: Buffer; remove?: string } = {},
) {
	const request = app.request
		.post(to)
		.set({ Cookie: owner.cookies(), 'Sec-Fetch-Site': 'same-origin', Accept: 'text/html' })
		.field('colour', colour)
	if (rest.remove) request.field('remove', rest.remove)
	return rest.logo ? request.attach('logo', rest.logo, { filename: 'logo<b>.png' }) : request
}

const logoOf = async () =>
	app.db
		.selectFrom('newsletters')
		.select(['colour', 'logo_hash', 'logo_width', 'logo_height'])
		.executeTakeFirst()

describe('a logo', () => {
	it.each([
		['a PNG', () => picture('png', 1_200, 400), [480, 160]],
		['a JPEG', () => picture('jpeg', 1_200, 400), [480, 160]],
		['a WebP', () => picture('webp', 200, 40), [200, 40]],
		['an SVG with a script', () => drawing, [480, 160]],
	] as const)('is taken from %s, and served as a small PNG of ours', async (_, make, [width, height]) => {
		await send(path, { logo: await make() })
			.expect(303)
			.expect('location', `${path}?saved=yes`)
		const kept = await logoOf()
		expect(kept).toMatchObject({ logo_width: width, logo_height: height })
		const served = await app.request.get(`/logos/${kept?.logo_hash}.png`).expect(200)
		expect(served.headers).toMatchObject({
			'content-type': 'image/png',
			'cache-control': 'public, max-age=31536000, immutable',
			'x-content-type-options': 'nosniff',
		})
		expect(await sharp(served.body).metadata()).toMatchObject({ format: 'png', width, height })
		expect(served.body.toString('latin1')).not.toMatch(/script|alert/)
	})

	it('keeps what is transparent', async () => {
		await send(path, { logo: await picture('png', 60, 20) }).expect(303)
		const served = await app.request.get(`/logos/${(await logoOf())?.logo_hash}.png`)
		const { channels } = await sharp(served.body).stats()
		expect(channels[3]?.mean).toBeCloseTo(127.5, -1)
	})

	it('stands in digests, on the page to subscribe and in the console, sized, and named where its name does not stand beside it', async () => {
		await send(path, { logo: await picture('png', 1_200, 400) }).expect(303)
		const src = `/logos/${(await logoOf())?.logo_hash}.png`
		const mail = (await owner.get(`${path}/mail`).expect(200)).text
		expect(mail).toMatch(new RegExp(`<img src="${app.url}${src}" alt="" width="120" height="40"`))
		const page = (await app.request.get(`/newsletters/${slug}/en`).set('Accept', 'text/html').expect(200))
			.text
		expect(page).toMatch(new RegExp(`<img src="${src}" alt="[^"]+" width="144" height="48">`))
		expect((await owner.get(path)).text).toContain(`src="${src}"`)
	})

	it('goes when it is removed, and mails that were sent show it still', async () => {
		await send(path, { logo: drawing }).expect(303)
		const before = await logoOf()
		await send(path, { remove: 'yes' }).expect(303)
		expect(await logoOf()).toMatchObject({ logo_hash: null, logo_width: null })
		await app.request.get(`/logos/${before?.logo_hash}.png`).expect(200)
		expect((await owner.get(`${path}/mail`)).text).not.toContain('/logos/')
	})

	it('is kept where only the colour changes, by a form of either kind', async () => {
		await send(path, { logo: drawing }).expect(303)
		const { logo_hash } = (await logoOf()) ?? {}
		await send(path, { colour: '#aa2200' }).expect(303)
		await owner.post(path, { colour: '#112233' }).expect(303)
		expect(await logoOf()).toMatchObject({ colour: '#112233', logo_hash })
	})
})

describe('a picture that can be no logo', () => {
	const nested = [...'bcdefghijk']
		.map((name, index) => `<g id="${name}">${`<use href="#${'abcdefghij'[index]}"/>`.repeat(10)}</g>`)
		.join('')
	it.each([
		['of 20 MB', () => Buffer.alloc(20_000_000, 1), 'The file is larger than 5 MB'],
		['of 5 MB and a byte', () => Buffer.alloc(5_000_001, 1), 'The file is larger than 5 MB'],
		['of 20,000 pixels', () => claiming(20_000, 20_000), 'at most 5,000 pixels a side'],
		['of 4,900 pixels both ways', () => claiming(4_900, 4_900), 'at most 5,000 pixels a side'],
		['an SVG of 20,000 pixels', () => svg('', 'width="20000" height="10"'), 'at most 5,000 pixels a side'],
		[
			'a page',
			() => Buffer.from('<!doctype html><script>alert(1)</script>'),
			'none of the kinds of pictures',
		],
		[
			'a GIF',
			() =>
				sharp(drawing)
					.gif()
					.toBuffer()
					.catch(() => Buffer.from('GIF89a')),
			'none of the kinds',
		],
		[
			'half of a PNG',
			async () => (await picture('png', 900, 300)).subarray(0, 400),
			'can’t be read as a picture',
		],
		[
			'an SVG that asks for hours of work',
			() => svg(`<g id="a"><rect width="1" height="1"/></g>${nested}<use href="#k"/>`),
			'can’t be read as a picture',
		],
		[
			'an SVG whose entities grow without end',
			() =>
				Buffer.from(
					'<!DOCTYPE svg [<!ENTITY a "&a;">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&a;</text></svg>',
				),
			'can’t be read as a picture',
		],
	] as const)(
		'%s is refused beside its field, and changes nothing',
		async (_, make, words) => {
			const before = await logoOf()
			const refused = await send(path, { colour: '#abcdef', logo: await make() }).expect(422)
			expect(refused.text).toContain(words)
			expect(refused.text).toContain('href="#logo"')
			expect(refused.text).toContain('value="#abcdef"')
			expect(await logoOf()).toEqual(before)
		},
		20_000,
	)

	it('so is a colour that is none, and what is no form', async () => {
		const refused = await send(path, { colour: '"><b>red' }).expect(422)
		expect(refused.text).toContain('value="&quot;&gt;&lt;b&gt;red"')
		expect(refused.text).toContain('href="#colour"')
		await owner.post(path, {}).expect(422)
		const raw = (type: string, body: string) =>
			app.request
				.post(path)
				.set({ Cookie: owner.cookies(), 'Sec-Fetch-Site': 'same-origin' })
				.type(type)
				.send(body)
		await raw('multipart/form-data', 'no boundary').expect(400)
		await raw('multipart/form-data; boundary=x', '--x\r\nbroken').expect(400)
		const parts = Array.from(
			{ length: 300 },
			(_, index) => `--x\r\nContent-Disposition: form-data; name="f${index}"\r\n\r\n1\r\n`,
		)
		await raw('multipart/form-data; boundary=x', `${parts.join('')}--x--\r\n`).expect(413)
		await send(path, { logo: drawing }).set('Sec-Fetch-Site', 'cross-site').expect(403)
	})
})

describe('the digest beside the form', () => {
	it('shows what the form says before anything is kept, with the newest stories or some of ours', async () => {
		const before = await logoOf()
		expect((await owner.get(`${path}/mail`).expect(200)).text).toContain('A first story')
		const { id } = await app.db.selectFrom('newsletters').select('id').executeTakeFirstOrThrow()
		await makeStory(app, id, { title: 'A <script>kitchen</script> opens' })
		const shown = await send(`${path}/mail`, { colour: '#7a1f5c', logo: drawing }).expect(200)
		expect(shown.text).toContain('A &lt;script&gt;kitchen&lt;/script&gt; opens')
		expect(shown.text).not.toContain('A first story')
		expect(shown.text).toContain('#7a1f5c')
		expect(shown.text).toContain('src="data:image/png;base64,')
		expect(shown.headers['content-security-policy']).toContain("default-src 'none'")
		expect(await logoOf()).toEqual(before)
		const refused = await send(`${path}/mail`, { logo: Buffer.from('nothing') }).expect(422)
		expect(refused.text).toContain('none of the kinds of pictures')
		expect(refused.headers['content-type']).toContain('text/plain')
	})
})
