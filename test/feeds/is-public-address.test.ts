import { expect, it } from 'vitest'
import { isPublicAddress } from '../../src/feeds/is-public-address.ts'

it.each(['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '64:ff9b::808:808'])(
	'T4: %s is public',
	(address) => expect(isPublicAddress(address)).toBe(true),
)

it.each([
	...['127.0.0.1', '127.8.9.1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '169.254.169.254'],
	...[
		'0.0.0.0',
		'0.1.2.3',
		'192.0.0.8',
		'192.0.2.1',
		'198.18.0.1',
		'224.0.0.1',
		'240.0.0.1',
		'255.255.255.255',
	],
	...[
		'::',
		'::1',
		'::127.0.0.1',
		'::ffff:127.0.0.1',
		'::ffff:8.8.8.8',
		'::ffff:0:127.0.0.1',
		'fc00::1',
		'fd12::1',
	],
	...[
		'fe80::1',
		'fe80::1%eth0',
		'fec0::1',
		'ff02::1',
		'64:ff9b::7f00:1',
		'64:ff9b::a00:1',
		'64:ff9b:1::7f00:1',
	],
	...['2002:7f00:1::', '2001::1', '2001:db8::1', '4000::1', 'localhost', '', '127.1 '],
])('T4: %j is not public', (address) => expect(isPublicAddress(address)).toBe(false))
