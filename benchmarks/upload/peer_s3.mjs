// @tus/server with @tus/s3-store on a loopback port, as its README sets it up.
import { S3Store } from '@tus/s3-store'
import { Server } from '@tus/server'

const [endpoint, bucket, port] = process.argv.slice(2)
const datastore = new S3Store({
  partSize: 8 * 1024 * 1024,
  s3ClientConfig: {
    bucket,
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench-secret' },
  },
})
const server = new Server({ path: '/files', datastore })
server.listen({ host: '127.0.0.1', port: Number(port) })
