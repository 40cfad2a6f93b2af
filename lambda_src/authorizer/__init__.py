"""The authorizer of `auth=jwt`: API Gateway asks it whether a bearer token may come in.

It is packaged alone, with a JWT library of its own; `putevents` knows nothing of tokens.
"""
