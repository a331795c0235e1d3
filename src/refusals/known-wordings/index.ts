import { gateways } from './gateways.ts'
import { general } from './general.ts'
import { japaneseCarriers } from './japanese-carriers.ts'
import { languages } from './languages.ts'
import { mailboxProviders } from './mailbox-providers.ts'
import type { KnownWordings } from './meaning.ts'
import { officeServers } from './office-servers.ts'
import { unixMailers } from './unix-mailers.ts'

/** Everything that mail systems are known to write, sorted by system. */
export const knownWordings: readonly KnownWordings[] = [
	...unixMailers,
	...officeServers,
	...mailboxProviders,
	...japaneseCarriers,
	...gateways,
	general,
	...languages,
]
