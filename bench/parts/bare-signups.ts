import express from 'express'
import pg from 'pg'
import { z } from 'zod'
import type { PartMessage } from './serve-part.ts'

// What a sign-up costs at least: an Express handler that checks what came and inserts a row, durably, and does nothing else.

const body = z.strictObject({ email: z.email().max(254), locale: z.string().max(35).optional() })
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 })
await pool.query(`create table if not exists bare_signups (
	id bigint generated always as identity primary key,
	email text not null unique,
	locale text,
	created_at timestamptz not null default now()
)`)

const app = express()
app.disable('x-powered-by')
app.use(express.json())
app.post('/subscriptions', async (request, response) => {
	const { success, data } = body.safeParse(request.body)
	if (!success) {
		response.status(422).json({ code: 'invalid' })
		return
	}
	await pool.query('insert into bare_signups (email, locale) values ($1, $2) on conflict do nothing', [
		data.email,
		data.locale ?? 'en',
	])
	response.status(202).json({ locale: data.locale, message: 'Please confirm by the mail that you get.' })
})
const tell = (message: PartMessage) => process.send?.(message)
const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => tell({ ready: true }))

process.on('message', () => {
	const { user, system } = process.cpuUsage()
	tell({ cpuSeconds: (user + system) / 1e6, peakMb: 0 })
})
process.once('disconnect', async () => {
	server.close()
	server.closeAllConnections()
	await pool.end()
	process.exit()
})
