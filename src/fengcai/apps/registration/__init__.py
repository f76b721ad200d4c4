"""Units that put themselves down (自行报名): what they say of themselves, and who lets them in."""
