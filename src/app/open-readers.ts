import type { Config } from '../config.ts'
import type { Clock } from '../kernel/clock.ts'
import type { FetchFeed } from '../kernel/fetch-feed.ts'
import type { MeasurePicture } from '../kernel/measure-picture.ts'
import type { PostWebhook } from '../kernel/post-webhook.ts'

type Readers = { fetchFeed: FetchFeed; measurePicture: MeasurePicture; postWebhook: PostWebhook }

/** What reads feeds and pictures of the web, and sends to it: read in when it is first needed, as most commands never do. */
export function openReaders(config: Config, clock: Clock): Readers {
	let opened: Promise<Readers> | undefined
	const readers = () => {
		opened ??= readIn(config, clock)
		return opened
	}
	return {
		fetchFeed: async (...given) => (await readers()).fetchFeed(...given),
		measurePicture: async (...given) => (await readers()).measurePicture(...given),
		postWebhook: {
			post: async (...given) => (await readers()).postWebhook.post(...given),
			judge: async (...given) => (await readers()).postWebhook.judge(...given),
		},
	}
}

async function readIn(
	{ feedAllowedHosts: allowedHosts, feedContact: contact, publicUrl }: Config,
	clock: Clock,
): Promise<Readers> {
	const { createFetchFeed, createMeasurePicture, createPostWebhook } = await import('../feeds/index.ts')
	return {
		fetchFeed: createFetchFeed({ allowedHosts, contact, publicUrl, clock }),
		measurePicture: createMeasurePicture({ allowedHosts, publicUrl }),
		postWebhook: createPostWebhook({ allowedHosts, publicUrl }),
	}
}
