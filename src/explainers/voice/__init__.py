"""The voice of a film: lines with facts, takes of them, and one track in time with the pictures.

`spoken` turns numbers into words, `lines` holds what is said, `engines` speak, `align` finds words in sound,
`takes` keeps what was spoken or recorded, and `track` makes one sound of it.
"""
