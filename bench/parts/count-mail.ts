import { startSmtpSink } from '../../test/support/smtp-sink.ts'

// An SMTP server in a process of its own, so that its work is charged to nobody: tells its port, then what it counts.

const sink = await startSmtpSink({ forget: true })
process.on('message', async ({ untilAccepted }: { untilAccepted: number }) => {
	await sink.untilAccepted(untilAccepted)
	process.send?.({ accepted: sink.accepted })
})
process.on('disconnect', () => process.exit())
process.send?.({ port: sink.port })
