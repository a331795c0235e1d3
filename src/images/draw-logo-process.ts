import { buffer } from 'node:stream/consumers'
import { drawLogo } from './draw-logo.ts'

// a process of its own: reads a picture, writes a line of JSON and the PNG
const drawn = await drawLogo(await buffer(process.stdin))
if ('problem' in drawn) process.stdout.write(`${JSON.stringify(drawn)}\n`)
else {
	const { png, ...size } = drawn
	process.stdout.write(`${JSON.stringify(size)}\n`)
	process.stdout.write(png)
}
