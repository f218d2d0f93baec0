"""
A process to start from, made of what a CRM says about its pipeline.

It is here, beside what reads the data of CRMs, because it reads data of CRMs: the same pieces that
know their own path, so that whatever is wrong in them can be named.
"""

from salesflow.history.crm.starting.start import SYSTEMS, Start, start_from

__all__ = ["SYSTEMS", "Start", "start_from"]
