import { isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { ConnectionLost, NotEncrypted } from './failures.ts'
import type { Address, Encryption } from './url.ts'

/** Asks the server to go on encrypted: the length of the request, and its code. */
const ENCRYPTION_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

const YES = 'S'.charCodeAt(0)

/**
 * The connected socket as the URL wants it encrypted. The client library could do this too, but keeps the encrypted
 * socket to itself: one that cannot be destroyed from here, and whose late errors have no listener, which ends the
 * process. Rejects when the server does not encrypt, or is not the one it should be.
 */
export async function encrypted(socket: Socket, address: Address, encryption: Encryption): Promise<Socket> {
  if (encryption === false || address.path !== undefined) return socket
  socket.write(ENCRYPTION_REQUEST)
  const answer = await next(socket, 'data', socket)
  if (!(answer instanceof Uint8Array && answer[0] === YES)) {
    if (encryption === 'prefer') return socket
    throw new NotEncrypted('the server does not encrypt connections, and sslmode wants it')
  }
  const { host } = address
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const secure = connectTls({ socket, host, ...servername, ...checks(encryption) })
  await next(secure, 'secureConnect', socket)
  return secure
}

/** What comes with the next event of the name. Rejects when the connection ends before it. */
function next(stream: Socket, event: string, socket: Socket): Promise<unknown> {
  return new Promise((resolve, reject) => {
    stream.once(event, resolve)
    stream.once('error', reject)
    stream.once('close', () =>
      reject(socket.errored ?? new ConnectionLost('the server closed the connection')),
    )
  })
}

function checks(encryption: Exclude<Encryption, false>): ConnectionOptions {
  if (typeof encryption !== 'object') return { rejectUnauthorized: false }
  return {
    rejectUnauthorized: true,
    ...(encryption.ca !== undefined && { ca: encryption.ca }),
    ...(!encryption.checksHost && { checkServerIdentity: () => undefined }),
  }
}
