import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMeasurePicture, readPictureSize } from '../../src/feeds/index.ts'

const png = readFileSync(new URL('../../src/commands/demo/images/water.png', import.meta.url))
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const frame = 'ffc0 0011 08 0258 0320 03' // 800 × 600
const exif = (orientation: string) =>
	`ffe1 0022 457869660000 4d4d002a00000008 0001 0112 0003 00000001 ${orientation}0000 00000000`

test.each([
	['a PNG', png, 1200, 600],
	['a GIF', Buffer.from('GIF89a\x40\x01\xf0\x00', 'latin1'), 320, 240],
	['a JPEG', hex(`ffd8 ffe0 0004 0000 ${frame}`), 800, 600],
	['a JPEG with fill bytes', hex(`ffd8 ffff ffe0 0004 0000 ${frame}`), 800, 600],
	['a JPEG on its side', hex(`ffd8 ${exif('0006')} ${frame}`), 600, 800],
	['a JPEG that stands', hex(`ffd8 ${exif('0001')} ${frame}`), 800, 600],
	['a WebP', hex('52494646 00000000 57454250 56503820 00000000 000000 9d012a 8002 e001'), 640, 480],
	['a lossless WebP', hex('52494646 00000000 57454250 5650384c 00000000 2f 7f c2 77 00'), 640, 480],
	['a large WebP', hex('52494646 00000000 57454250 56503858 0a000000 00000000 3f0600 830300'), 1600, 900],
])('%s tells its size', (_, bytes, width, height) => {
	expect(readPictureSize(bytes)).toEqual({ width, height })
})

test('Whatever bytes come, reading them ends, and gives a size above zero or none', () => {
	const head = fc.constantFrom(...['ffd8ff', 'ffd8ffe1', '47494638396100', ''].map(hex), png.subarray(0, 20))
	fc.assert(
		fc.property(head, fc.uint8Array({ maxLength: 200 }), (begin, rest) => {
			const size = readPictureSize(Buffer.concat([begin, rest]))
			if (size) expect(Math.min(size.width, size.height)).toBeGreaterThan(0)
		}),
	)
})

test('Only the beginning of a picture is asked for, and of a public address or an allowed one', async () => {
	const server = createServer((request, response) => {
		if (request.url === '/moved') response.writeHead(302, { location: '/a.png' }).end()
		else if (request.url === '/a.png') response.end(png)
		else if (request.url === '/endless') {
			const more = () => response.write(Buffer.alloc(65_536), more)
			more()
		} else response.writeHead(404).end(png)
	})
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
	const { port } = server.address() as AddressInfo
	const measure = createMeasurePicture({ allowedHosts: [`127.0.0.1:${port}`], publicUrl: 'http://localhost' })
	const guarded = createMeasurePicture({ allowedHosts: [], publicUrl: 'http://localhost' })
	const at = (path: string, by = measure) =>
		by(`http://127.0.0.1:${port}${path}`, AbortSignal.timeout(10_000))
	expect(await at('/a.png')).toEqual({ width: 1200, height: 600 })
	expect(await at('/moved')).toEqual({ width: 1200, height: 600 })
	expect(await at('/none')).toBeUndefined()
	expect(await at('/endless')).toBeUndefined()
	expect(await at('/a.png', guarded)).toBeUndefined()
	expect(await measure('not an address', AbortSignal.timeout(1_000))).toBeUndefined()
	server.closeAllConnections()
	await new Promise((resolve) => server.close(resolve))
})
