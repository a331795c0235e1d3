import type { Route } from '../server/route.ts'
import { type AccountDeps, accountRoutes } from './account/routes.ts'
import { type PeopleDeps, peopleRoutes } from './people/routes.ts'
import { type SignInRoutesDeps, signInRoutes } from './sign-in/routes.ts'

export type ConsoleDeps = SignInRoutesDeps & AccountDeps & PeopleDeps

/** Every page of the staff console. */
export function consoleRoutes(deps: ConsoleDeps): Route[] {
	return [...signInRoutes(deps), ...accountRoutes(deps), ...peopleRoutes(deps)]
}
