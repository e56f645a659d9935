import Document, { Head, Html, Main, NextScript } from 'next/document'

export default class Page extends Document {
  render() {
    return (
      <Html lang="en">
        <Head>{/* HEAD */}</Head>
        <body style={{ background: '#181C18', color: '#C0F7E1', maxWidth: 700, margin: '0 auto' }}>
          <Main />
          <NextScript />
        </body>
      </Html>
    )
  }
}
