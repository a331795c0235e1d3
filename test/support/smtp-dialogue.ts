import { connect, type Socket } from 'node:net'

/** A conversation with an SMTP server, a line at a time. */
export type SmtpDialogue = {
	/** Sends a line and gives the whole reply to it. */
	say(line: string): Promise<string>
	/** The rest of a transaction for one mail; gives the replies to MAIL, RCPT and the final dot, as far as it came. */
	bring(mail: { from: string; to: string | string[]; raw: string }): Promise<string[]>
	/** Drops the connection without a word. */
	drop(): void
	end(): void
}

/** Connects, and greets. */
export async function openDialogue(port: number, host = '127.0.0.1'): Promise<SmtpDialogue> {
	const socket = connect(port, host)
	socket.setEncoding('utf8')
	const replies = readReplies(socket)
	const say = async (line: string): Promise<string> => {
		socket.write(`${line}\r\n`)
		return replies.next()
	}
	await replies.next()
	await say('EHLO mx.readers.example')
	return {
		say,
		bring: async ({ from, to, raw }) => {
			const answers = [await say(`MAIL FROM:<${from}>`)]
			for (const recipient of [to].flat()) answers.push(await say(`RCPT TO:<${recipient}>`))
			if (!answers.slice(1).some((answer) => answer.startsWith('250'))) return answers
			await say('DATA')
			const stuffed = raw.replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..')
			answers.push(await say(`${stuffed}${stuffed.endsWith('\r\n') ? '' : '\r\n'}.`))
			return answers
		},
		drop: () => socket.destroy(),
		end: () => socket.end('QUIT\r\n'),
	}
}

function readReplies(socket: Socket): { next(): Promise<string> } {
	let text = ''
	const waiting: Array<(reply: string) => void> = []
	const done: string[] = []
	const give = (reply: string) => {
		const resolve = waiting.shift()
		if (resolve) resolve(reply)
		else done.push(reply)
	}
	socket.on('data', (chunk: string) => {
		text += chunk
		for (;;) {
			const [reply] = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/.exec(text) ?? []
			if (reply === undefined) return
			text = text.slice(reply.length)
			give(reply.trimEnd())
		}
	})
	socket.on('error', () => {})
	socket.on('close', () => {
		for (const resolve of waiting.splice(0)) resolve('closed')
	})
	return {
		next: () =>
			new Promise((resolve) => {
				const reply = done.shift()
				if (reply !== undefined) resolve(reply)
				else waiting.push(resolve)
			}),
	}
}
