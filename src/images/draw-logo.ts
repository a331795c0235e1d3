import sharp from 'sharp'
import type { LogoProblem } from '../kernel/rasterise-logo.ts'

/** What may come in. */
const maxSide = 5_000
const maxPixels = 16_000_000
/** What is kept: shown at half of it, at most. */
const kept = { width: 640, height: 160 }

const kinds = ['png', 'jpeg', 'webp', 'svg']

// of the many formats that libvips reads, only these four, each by its own library
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
	operation: ['VipsForeignLoadPng', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp', 'VipsForeignLoadSvg'],
})

const options = { limitInputPixels: maxPixels, failOn: 'error', pages: 1 } as const

export type DrawnLogo = { png: Buffer; width: number; height: number } | { problem: LogoProblem }

/**
 * Draws a picture anew as a PNG that holds nothing but its pixels: no script, no metadata. Its size is read from its head
 * and judged before anything of it is decoded. Scripts in an SVG don't run, and what it refers to is not fetched.
 */
export async function drawLogo(bytes: Buffer): Promise<DrawnLogo> {
	try {
		const { format, width, height } = await sharp(bytes, options).metadata()
		if (!kinds.includes(format)) return { problem: 'kind' }
		if (width > maxSide || height > maxSide || width * height > maxPixels) return { problem: 'pixels' }
		// vectors are drawn at the size that is wanted: 72 dots to the inch is their own
		const factor = format === 'svg' ? Math.min(kept.width / width, kept.height / height) : 1
		const density = Math.min(100_000, Math.max(1, 72 * factor))
		const { data, info } = await sharp(bytes, { ...options, ...(format === 'svg' && { density }) })
			.rotate()
			.resize({ ...kept, fit: 'inside', withoutEnlargement: true })
			.toColourspace('srgb')
			.png({ compressionLevel: 9 })
			.toBuffer({ resolveWithObject: true })
		return { png: data, width: info.width, height: info.height }
	} catch (error) {
		return { problem: problemOf(error) }
	}
}

function problemOf(error: unknown): LogoProblem {
	const message = error instanceof Error ? error.message : ''
	if (/pixel limit/i.test(message)) return 'pixels'
	return /unsupported image format|operation is blocked/i.test(message) ? 'kind' : 'unreadable'
}
