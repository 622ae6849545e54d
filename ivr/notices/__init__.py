"""Notices: who of the staff is told of what, by mail or in a chat, and that it gets there.

What is to be told is written down in the transaction of the act (`notify`), and sent beside all requests by one
process at a time (`Postman`): killed in the middle, it goes on where it stopped.
"""
