import type { PictureSize } from '../kernel/measure-picture.ts'

/**
 * The size that the first bytes of a PNG, GIF, WebP or JPEG tell, the last turned as its EXIF orientation says;
 * undefined where they tell none. Looks at each byte once at most, whatever they hold.
 */
export function readPictureSize(bytes: Buffer): PictureSize | undefined {
	try {
		const size = readSize(bytes)
		return size && size.width > 0 && size.height > 0 ? size : undefined
	} catch (error) {
		// it ends before what it announces
		if (error instanceof RangeError) return undefined
		throw error
	}
}

function readSize(bytes: Buffer): PictureSize | undefined {
	const text = (from: number, to: number) => bytes.toString('latin1', from, to)
	// PNG §5.2 and §11.2.1
	if (text(0, 8) === '\x89PNG\r\n\x1a\n' && text(12, 16) === 'IHDR')
		return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
	// GIF89a §18
	if (/^GIF8[79]a/.test(text(0, 6))) return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
	if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return readWebp(bytes, text(12, 16))
	return bytes.readUInt16BE(0) === 0xffd8 ? readJpeg(bytes) : undefined
}

/** RFC 9649 §2.5 to §2.7. */
function readWebp(bytes: Buffer, chunk: string): PictureSize | undefined {
	if (chunk === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
	if (chunk === 'VP8 ')
		return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
	if (chunk !== 'VP8L') return undefined
	const bits = bytes.readUInt32LE(21)
	return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

/** ITU-T T.81, Annex B: segments up to the frame header. */
function readJpeg(bytes: Buffer): PictureSize | undefined {
	let turned = false
	for (let at = 2; bytes[at] === 0xff; ) {
		const marker = bytes.readUInt8(at + 1)
		if (marker === 0xff) {
			at++ // a fill byte
			continue
		}
		const length = bytes.readUInt16BE(at + 2)
		if (length < 2) return undefined
		if (marker === 0xe1) turned ||= isTurned(bytes.subarray(at + 4, at + 2 + length))
		if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
			const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
			return turned ? { width: height, height: width } : { width, height }
		}
		at += 2 + length
	}
	return undefined
}

/** Whether the EXIF orientation (TIFF tag 0x0112) is one of those that lie on their side: 5 to 8. */
function isTurned(segment: Buffer): boolean {
	if (segment.toString('latin1', 0, 6) !== 'Exif\0\0') return false
	const tiff = segment.subarray(6)
	const little = tiff.toString('latin1', 0, 2) === 'II'
	const u16 = (at: number) =>
		at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)
	if (tiff.length < 8) return false
	const directory = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
	for (let entry = 0; entry < Math.min(u16(directory), 100); entry++) {
		const at = directory + 2 + 12 * entry
		if (u16(at) === 0x0112) return u16(at + 8) >= 5 && u16(at + 8) <= 8
	}
	return false
}
