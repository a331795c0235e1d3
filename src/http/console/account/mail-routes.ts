import { z } from 'zod'
import type { Clock } from '../../../kernel/clock.ts'
import { occasionKinds } from '../../../kernel/occasions.ts'
import { chooseMails } from '../../../staff/index.ts'
import { consoleTag, defineRoute, type Route } from '../../server/route.ts'
import type { FrameDeps } from '../describe-frame.ts'
import { form, onward } from '../route-parts.ts'
import { ticked } from '../ticked.ts'

/** Which mails somebody gets about what happens. */
export function mailRoutes(deps: FrameDeps & { clock: Clock }): Route[] {
	return [
		defineRoute({
			tag: consoleTag,
			access: { console: 'member' },
			...form,
			...{ method: 'post', path: '/console/account/mails', summary: 'Choose one’s mails', responses: onward },
			body: z.object({ mails: ticked }),
			handle: async ({ body, request }) => {
				const wanted = occasionKinds.filter((kind) => body.mails.includes(kind))
				await chooseMails(deps, request.signedIn.member, wanted)
				return { redirect: '/console/account?saved=mails' }
			},
		}),
	]
}
