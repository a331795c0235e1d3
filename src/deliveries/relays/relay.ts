import type { Mailer, ReadyMessage, SendOutcome } from '../../kernel/mail.ts'
import type { SendPermits } from '../pacing/send-permits.ts'
import { type HealthDeps, RelayHealth } from './relay-health.ts'

type RelayDeps = HealthDeps & {
	weight: number
	mailer: Mailer
	permits: SendPermits | undefined
}

export class Relay {
	readonly name: string
	readonly weight: number
	readonly health: RelayHealth
	readonly #mailer: Mailer
	readonly #permits: SendPermits | undefined
	#underWay = 0

	constructor({ weight, mailer, permits, ...health }: RelayDeps) {
		this.name = health.name
		this.weight = weight
		this.health = new RelayHealth(health)
		this.#mailer = mailer
		this.#permits = permits
	}

	canSend(): boolean {
		return this.#isFree() && (this.#permits?.has() ?? true)
	}

	requestPermits(messages: number): void {
		if (this.#isFree()) this.#permits?.fetch(Math.min(messages, this.#most() - this.#underWay))
	}

	/** Counts as under way while the message is still being prepared. */
	async send(coming: ReadyMessage | Promise<ReadyMessage>): Promise<SendOutcome> {
		this.#underWay += 1
		this.#permits?.use()
		try {
			const message = await coming
			const begunAt = performance.now()
			const outcome = await this.#mailer.send(message)
			const connectionsInUse = Math.ceil(this.#underWay / this.#depth())
			this.health.learn(outcome, { begunAt, to: message.envelope.to, connectionsInUse })
			return outcome
		} finally {
			this.#underWay -= 1
		}
	}

	#isFree(): boolean {
		return this.#underWay < this.#most() && !this.health.pause()
	}

	#most(): number {
		return this.health.connections * this.#depth()
	}

	#depth(): number {
		return this.#mailer.depth ?? 1
	}
}
