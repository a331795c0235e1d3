import { sign } from 'node:crypto'

export const certificateUrl =
	'https://sns.ca-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem'
export const topic = 'arn:aws:sns:ca-central-1:123456789012:bounces'

type Fields = Record<string, string | undefined>

/** A message of SNS, signed as version 1 or 2; what is `undefined` is left out. */
export function signedBySns(changes: Fields = {}, version: '1' | '2' = '1'): Fields {
	const message: Fields = {
		Type: 'Notification',
		MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
		TopicArn: topic,
		Message: '{}',
		Timestamp: '2026-03-02T12:00:00.000Z',
		SignatureVersion: version,
		SigningCertURL: certificateUrl,
		...changes,
	}
	const names =
		message.Type === 'Notification'
			? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
			: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
	let text = ''
	for (const name of names) if (message[name] !== undefined) text += `${name}\n${message[name]}\n`
	const signature = sign(version === '1' ? 'sha1' : 'sha256', Buffer.from(text), snsKey)
	return { ...message, Signature: signature.toString('base64') }
}

/** The address that SNS asks to be read where a topic is subscribed to. */
export function subscribeUrl(
	host = 'sns.ca-central-1.amazonaws.com',
	{ arn = topic, token = 'abc123' } = {},
): string {
	return `https://${host}/?Action=ConfirmSubscription&TopicArn=${arn}&Token=${token}`
}

/** A certificate such as Amazon publishes, of our own making, and its key: good for tests alone. */
export const snsCertificate = `-----BEGIN CERTIFICATE-----
MIIDGzCCAgOgAwIBAgIUCm1MwMm5MaRdzFx77j2IztPQsP8wDQYJKoZIhvcNAQEL
BQAwHDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wIBcNMjYxMTIzMjMzNDE1
WhgPMjEyNjEwMzAyMzM0MTVaMBwxGjAYBgNVBAMMEXNucy5hbWF6b25hd3MuY29t
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArFJtV1UjdgAJ7mZ0JcFF
uz+/SaycfkFV8/98zQyIOgqKc+b7fbXDUiVO/IhY7QkGyL03q95l2v81ozeh7zeO
vfzUJ/MFlAopooFhilcaUIBSVuGqWw85T4Jv+/ESlg35pTI7K/yZcrL4O9bI4KZ0
YjwWuLM/XcbkERYUrieEnb8qXlCJ4yQw/8IWLDxZ+X4eApFz+xC9YbOXXeTTTdp4
cFS0jJAO4iB9u4sVBNfLW3PQtupO3+5rM4Phh9E4sSULP+DQ2XO/9Wi/6CtKDT0c
5EqSGQX4FZSHpSSQNvwCihoVJLEhX6GZ+O0YKq9ev9j2FkKKpEAfTPwHbBITrRpq
AQIDAQABo1MwUTAdBgNVHQ4EFgQU1+eDM4rbq2n0CL8onvMVMa/SJFMwHwYDVR0j
BBgwFoAU1+eDM4rbq2n0CL8onvMVMa/SJFMwDwYDVR0TAQH/BAUwAwEB/zANBgkq
hkiG9w0BAQsFAAOCAQEAm5DOww8xquCfr6HEPOT1V9KzKav910IV4RCypQAX7FGY
u6NTB2vUjJXTZIEXOfmkVEiIdWjYyNIlhaNR6U0E7WSRYZX34yopLPQwCZIbGIBt
1sTlEstEkU0jAvwYLh2j89UbpVzx7GKhVG65DQqcVwqgNS33v6dmlS1nRBppVxi4
eBU3aeQk65jT9u1FWtaDz96XYrgIOKEE7NRFO8yd45fGfmcelntlFQFaqXJ+xyWA
a69FbiHR31SsEPsNcqp3j4pOkxAGdkN0BONb7biracjQAD5NrfReS3oGtMcCtKgj
4k3y+Wnu2khi3wn5IbTzwaGqBKFcaf6QMNfj6CH+mg==
-----END CERTIFICATE-----
`

const snsKey = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCsUm1XVSN2AAnu
ZnQlwUW7P79JrJx+QVXz/3zNDIg6Copz5vt9tcNSJU78iFjtCQbIvTer3mXa/zWj
N6HvN469/NQn8wWUCimigWGKVxpQgFJW4apbDzlPgm/78RKWDfmlMjsr/Jlysvg7
1sjgpnRiPBa4sz9dxuQRFhSuJ4SdvypeUInjJDD/whYsPFn5fh4CkXP7EL1hs5dd
5NNN2nhwVLSMkA7iIH27ixUE18tbc9C26k7f7mszg+GH0TixJQs/4NDZc7/1aL/o
K0oNPRzkSpIZBfgVlIelJJA2/AKKGhUksSFfoZn47Rgqr16/2PYWQoqkQB9M/Ads
EhOtGmoBAgMBAAECggEAFBJHxRfYGQr5HSkW1zzzU9OhgsHVuoj+q3xzO2j9xxDq
PoTFf0d4GC3bTOPOw9E81o3fmae+Yms+gqPcu0HT4QI9befLGwqx/cknJNdva7f+
nzsKvi+AQ+gUBhr2yL6Y+OpoZP+3mdoJuuKSJESPItAP73SFaXVcpDbXss9MjZkB
KzXA8KLY3OD5Fd+SBwRe1splgZM1QRbvakAzXEjx4NgDq0cszYy1bLEZ4smluCq/
XJ/aocNTLGVaDH/1+vJcEJWE+gS6IdrOgOb+C4mcs4BmAgAGV5o9sDxfaVAQof6D
9/GICI438WPTGP+sJstQXrSofWCxe0j+x2MW3vXuPwKBgQDbYnGshcEZAAAHWozJ
4phQNrCOw/VBfon6gkSs+6wMrciCb5TpvwjUWTOd7GGsKDFqbA6vYgnwv94Gz7lx
Zs3ykncY+8XJOnzG45qVwO1p21iOpFA+6xCzeZKmkWiiDcx/ndeXPjYAzEAuUPvv
cLb6tBo0wVV/dZwx6xJ+MddPAwKBgQDJFSjbkwTW+y+SeKiBu6G/IraLtSWM8oha
VQ6Uzp/nEEWVn2R66mYWXS0bLRGDMfgmKIr+MdEQGbgd5cCZ737aeCM5A2axpHih
C32bacBBmCRzsFYiFJRRpblll06HTUv+C1XTgVe6Y3+bMlywGj88qU3W4gWKw7B0
DRWTO53hqwKBgQCM8xDJoR3Q7BkYoGq4AqeNUbXZ47idHamUk0GASind84FRnFL2
YtBPbgglvIt8Sk6Fa2t77ucoEH2brrYcT8qdwNBX8tq+UJ9+QRk+gbeHPXAGJTeR
VQFj7gX0kpPBGlB65XRwLX4QwSmzGEDlM2u8Yx47KsO9olh6EefNwEPu9QKBgAGE
BVDSZODx98PU4QBJV8jHDDU1YlkTou97YKbCf/YP61ZbYziB988HWMWxq0Yf5Ez1
VUbhPUAv0XF4P+FpKr2e1jUhz25bXQVpvsKjI23bJbsxgxSyrwOGikU3xMHEVWRO
1ZDIks623UlgMc6qA/wDErEh9wS6wOO/DYCUnHYNAoGAYbP32NAEentqpbA8lLDf
BUm8bZ5v+5XH9WnmihTZww9YpMLKYsCRcvo5MJB0dCFmSpHOOdaFSEqr4TDX8vd4
p99s/5kQnHDVVZ9/p5Imv42E7PsDQJZt6setNpvsclC5If+PEwQ2itIcv6Vm3RQt
IjItS6Cwe6r2uY+X0RHSCBk=
-----END PRIVATE KEY-----
`
