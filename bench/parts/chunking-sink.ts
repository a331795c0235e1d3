import { startSmtpSink } from '../../test/support/smtp-sink.ts'

// A relay that offers PIPELINING and CHUNKING, answers everything at once and forgets it. Tells the port it listens on.

const sink = await startSmtpSink({ pipelining: true, extensions: ['CHUNKING'], forget: true })
process.once('disconnect', () => process.exit())
process.send?.({ port: sink.port })
